//! Reading SCIM's JSON as servers write it.

use serde_json::Value;

/// A field, whatever the case of its name (RFC 7643, section 2.1).
pub(super) fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    let any_case = || object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    object.get(name).or_else(|| any_case().map(|(_, value)| value))
}

/// A field that is text, and not empty.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    field(value, name)?.as_str().filter(|text| !text.is_empty())
}

/// Whether a value is true, or says so.
pub(super) fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or(false)
        || value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// The resources of a page.
pub(super) fn resources(page: &Value) -> &[Value] {
    field(page, "Resources").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_and_truth_are_read_in_any_case() {
        let page = json!({"resources": [{"ID": "7", "Active": "True", "empty": ""}]});
        let [resource] = resources(&page) else { panic!("one resource") };
        assert_eq!(text(resource, "id"), Some("7"));
        assert_eq!(text(resource, "empty"), None);
        assert!(field(resource, "active").is_some_and(is_true));
        assert!(!is_true(&json!("False")) && !is_true(&json!(1)));
        assert!(resources(&json!([])).is_empty());
    }
}

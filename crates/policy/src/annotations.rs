//! What stands before a policy: its name, the reason it gives, what follows from its no, what it says.

use faregate_core::event::Reason;

/// The annotations of one policy, read.
#[derive(Clone, Debug)]
pub(crate) struct Annotations {
    pub(crate) id: String,
    pub(crate) reason: Reason,
    pub(crate) is_final: bool,
    pub(crate) say: Option<String>,
}

/// What is wrong with an annotation: its name (empty when none of them is meant), what, and what to do.
pub(crate) type Wrong = (String, String, String);

const KNOWN: &str = "the annotations are @id, @say, and on a forbid @reason and @otherwise";

impl Annotations {
    /// Reads the annotations of a policy; all that is wrong with them.
    pub(crate) fn read<'a>(
        all: impl Iterator<Item = (&'a str, &'a str)>,
        forbids: bool,
    ) -> Result<Self, Vec<Wrong>> {
        let mut read =
            Self { id: String::new(), reason: Reason::NotEligible, is_final: false, say: None };
        let mut wrong: Vec<Wrong> = Vec::new();
        for (name, value) in all {
            if let Err((message, help)) = read.take(name, value, forbids) {
                wrong.push((name.to_owned(), message, help));
            }
        }
        if read.id.is_empty() && wrong.iter().all(|(name, ..)| name != "id") {
            let help = "write @id(\"…\") before it, with a name that no other policy has";
            wrong.push((String::new(), "the policy has no name".to_owned(), help.to_owned()));
        }
        if wrong.is_empty() { Ok(read) } else { Err(wrong) }
    }

    fn take(&mut self, name: &str, value: &str, forbids: bool) -> Result<(), (String, String)> {
        if matches!(name, "reason" | "otherwise") && !forbids {
            let help = format!("remove @{name}, or make the policy a forbid");
            return Err((format!("a permit has no `@{name}`"), help));
        }
        match name {
            "id" if is_name(value) => value.clone_into(&mut self.id),
            "id" => {
                let help =
                    "use lower-case letters, digits and hyphens, for example no-tokens-at-night";
                return Err((format!("`{value}` is no name for a policy"), help.to_owned()));
            }
            "reason" => self.reason = reason(value)?,
            "otherwise" => {
                self.is_final = match value {
                    "refuse" => true,
                    "route" => false,
                    _ => {
                        let help = "write refuse, or route, which lets another fare be tried";
                        return Err((format!("nothing follows from `{value}`"), help.to_owned()));
                    }
                }
            }
            "say" if value.trim().is_empty() => {
                let help = "write a sentence for the person, or remove @say";
                return Err(("the policy says nothing".to_owned(), help.to_owned()));
            }
            "say" => self.say = Some(value.to_owned()),
            _ => return Err((format!("there is no annotation `@{name}`"), KNOWN.to_owned())),
        }
        Ok(())
    }
}

fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(plain)
}

fn reason(code: &str) -> Result<Reason, (String, String)> {
    let allowed = Reason::from_code(code).filter(|reason| reason.is_for_policies());
    allowed.ok_or_else(|| {
        let all = Reason::ALL.into_iter().filter(|reason| reason.is_for_policies());
        let codes: Vec<&str> = all.map(Reason::code).collect();
        let help = format!("policies may give {}", codes.join(", "));
        (format!("no policy gives the reason `{code}`"), help)
    })
}

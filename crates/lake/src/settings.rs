//! `lake.toml`: where the lake lies and for how long it names people. Without it, it lies in the data directory and
//! names them for ever.
//!
//! Secrets never stand in it: it says in which file or variable each is.

use crate::fault::LakeError;
use crate::place::Place;
use object_store::aws::{AmazonS3Builder, S3ConditionalPut};
use serde::Deserialize;
use std::path::Path;
use std::sync::Arc;
use url::Url;

/// What `lake.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// A bucket; without it the lake is in the data directory.
    pub s3: Option<Bucket>,
    /// How long people are named.
    #[serde(default)]
    pub retention: Retention,
}

/// A bucket of an S3-compatible server, and where in it the lake is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Address of the server, `https://s3.example.com`.
    pub endpoint: String,
    /// Its region; most servers other than Amazon's take any.
    #[serde(default = "anywhere")]
    pub region: String,
    /// Name of the bucket.
    pub bucket: String,
    /// What comes before the names of the tables.
    #[serde(default)]
    pub prefix: String,
    /// Whether the address may be `http://`, where whoever listens reads along.
    #[serde(default)]
    pub allow_http: bool,
    /// Where the id of the access key is.
    pub access_key: Secret,
    /// Where its secret is.
    pub secret_key: Secret,
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
pub enum Secret {
    /// In a file, alone.
    File(std::path::PathBuf),
    /// In a variable of the environment.
    Env(String),
}

/// How long people are named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// So many whole months before the present one; for ever when nothing is said.
    pub months: Option<u32>,
}

fn anywhere() -> String {
    "us-east-1".to_owned()
}

impl Settings {
    /// Reads the file; what it does not say is as without it.
    ///
    /// # Errors
    /// [`LakeError::Settings`] with the line and what is wrong there.
    pub fn read(path: &Path) -> Result<Self, LakeError> {
        let unusable = |why: String| LakeError::Settings { path: path.to_owned(), why };
        match std::fs::read_to_string(path) {
            Ok(text) => {
                toml::from_str(&text).map_err(|error| unusable(without_secrets(&text, &error)))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(unusable(error.to_string())),
        }
    }

    /// The place that is meant: the bucket, or else this directory. `secret` reads a secret from where it is.
    ///
    /// # Errors
    /// [`LakeError::Settings`] when a secret is not there, or the address is none.
    pub fn place(
        &self,
        directory: &Path,
        secret: &dyn Fn(&Secret) -> Result<String, String>,
    ) -> Result<Place, LakeError> {
        match &self.s3 {
            None => Place::directory(directory),
            Some(bucket) => bucket.place(secret),
        }
    }
}

/// What is wrong, with its line and never with what stands there: it may be a secret that was put into the file.
fn without_secrets(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    let line = text.as_bytes().iter().take(start).filter(|byte| **byte == b'\n').count() + 1;
    let message = error.message().lines().next().unwrap_or_default();
    let names_a_field = ["unknown field", "missing field", "duplicate"];
    let message = match names_a_field.iter().any(|kind| message.starts_with(kind)) {
        true => message,
        false => message.split(['`', '"']).next().unwrap_or_default().trim_end(),
    };
    let message = if message == "unknown variant" { "unknown word" } else { message };
    format!("line {line}: {message}")
}

impl Bucket {
    fn place(
        &self,
        secret: &dyn Fn(&Secret) -> Result<String, String>,
    ) -> Result<Place, LakeError> {
        let unusable = |why: String| LakeError::Settings { path: "lake.toml".into(), why };
        let store = AmazonS3Builder::new()
            .with_endpoint(self.endpoint.trim_end_matches('/'))
            .with_region(&self.region)
            .with_bucket_name(&self.bucket)
            .with_access_key_id(secret(&self.access_key).map_err(unusable)?)
            .with_secret_access_key(secret(&self.secret_key).map_err(unusable)?)
            .with_allow_http(self.allow_http)
            // Two writers cannot both make the same commit: the server takes the first, and says so to the second.
            .with_conditional_put(S3ConditionalPut::ETagMatch)
            .build()
            .map_err(|error| unusable(error.to_string()))?;
        let prefix = self.prefix.trim_matches('/');
        let end = if prefix.is_empty() { "" } else { "/" };
        let url = Url::parse(&format!("s3://{}/{prefix}{end}", self.bucket));
        Ok(Place::behind(Arc::new(store), url.map_err(|error| unusable(error.to_string()))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_say_where_and_how_long() {
        let text = r#"
            [s3]
            endpoint = "https://s3.example.com"
            bucket = "history"
            prefix = "acme/lake"
            access_key = { env = "LAKE_ID" }
            secret_key = { file = "secret" }
            [retention]
            months = 24
        "#;
        let settings: Settings = toml::from_str(text).unwrap();
        assert_eq!(settings.retention.months, Some(24));
        let told = |secret: &Secret| match secret {
            Secret::Env(name) => Ok(name.clone()),
            Secret::File(path) => Ok(path.display().to_string()),
        };
        let place = settings.place(Path::new("nowhere"), &told).unwrap();
        assert_eq!(place.url().as_str(), "s3://history/acme/lake/");
        let missing = settings.place(Path::new("nowhere"), &|_| Err("there is none".to_owned()));
        assert!(missing.unwrap_err().to_string().contains("there is none"));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let check = |text: &str, word: &str| {
            let error = toml::from_str::<Settings>(text).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        };
        check("[retention]\nmonth = 3", "month");
        check("[retention]\nmonths = -1", "months");
        check("[s3]\nendpoint = \"x\"", "bucket");
    }

    #[test]
    fn a_secret_in_the_file_is_not_said() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("lake.toml");
        for secret in
            ["\"AKIA\"", "{ AKIA = \"x\" }", "[\"AKIA\"]", "{ env = [\"AKIA\"] }", "'AKIA"]
        {
            let text = format!("[s3]\nendpoint = \"e\"\nbucket = \"b\"\nsecret_key = {secret}\n");
            std::fs::write(&file, text).unwrap();
            let error = Settings::read(&file).unwrap_err().to_string();
            assert!(error.contains("line 4: ") && !error.contains("AKIA"), "{secret}: {error}");
        }
        std::fs::write(&file, "[retention]\nmonth = 3").unwrap();
        let error = Settings::read(&file).unwrap_err().to_string();
        assert!(error.contains("line 2: unknown field `month`"), "{error}");
    }
}

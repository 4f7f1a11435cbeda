//! `faregate report …`: reports as files to take along.

mod schedule;

use crate::ambient;
use crate::cli::library::{Make, Report as Action};
use crate::estate;
use crate::fault::{Code, Fault};
use crate::output::{self, Align};
use crate::say;
use faregate_app::engine::Engine;
use faregate_app::sight::Sight;
use faregate_core::amount::Currency;
use faregate_library::{Asked, Format, Report, Unasked, Unmade, make};
use serde_json::json;
use std::path::{Path, PathBuf};

pub(crate) fn run(path: &Path, action: &Action, as_json: bool) -> Result<(), Fault> {
    match action {
        Action::List => list(as_json),
        Action::Make(args) => write(path, args, as_json),
        Action::Schedule(action) => schedule::run(path, action, as_json),
    }
}

fn formats(report: Report) -> Vec<&'static str> {
    report.formats().iter().map(|format| format.key()).collect()
}

fn list(as_json: bool) -> Result<(), Fault> {
    if as_json {
        let rows = Report::ALL.map(|one| {
            let (title, about) = one.words();
            json!({
                "name": one.key(), "title": title, "about": about, "formats": formats(one),
                "of_period": one.is_of_period(), "of_bucket": one.may_be_of_bucket(),
            })
        });
        return output::json(&json!({ "rows": rows }));
    }
    let columns = [("name", Align::Left), ("formats", Align::Left), ("what is in it", Align::Left)];
    let row =
        |one: Report| vec![one.key().to_owned(), formats(one).join(", "), one.words().1.to_owned()];
    output::table(&columns, &Report::ALL.map(row), "");
    Ok(())
}

fn write(path: &Path, args: &Make, as_json: bool) -> Result<(), Fault> {
    let report = Report::from_key(&args.name).ok_or_else(|| {
        let message = format!("there is no report `{}`", args.name);
        Fault::new(Code::Usage, message, "`faregate report list` names all of them")
    })?;
    let format = format(report, args)?;
    let mut engine = estate::read(path)?;
    let asked = asked(&engine, args, (report, format))?;
    let bytes = make(&mut engine, &asked).map_err(unmade)?;
    let file = args.out.clone().unwrap_or_else(|| PathBuf::from(asked.file_name()));
    std::fs::write(&file, &bytes).map_err(|why| {
        let message = format!("{}: {why}", file.display());
        Fault::new(Code::Failed, message, "name a file that can be written with --out")
    })?;
    if as_json {
        return output::json(&json!({ "file": file.display().to_string(), "bytes": bytes.len() }));
    }
    say!("{} is in {}", report.words().0, file.display());
    Ok(())
}

fn format(report: Report, args: &Make) -> Result<Format, Fault> {
    let ending = args.out.as_ref().map(|file| {
        file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase()
    });
    report.written_as(ending.as_deref()).map_err(unasked)
}

fn unasked(why: Unasked) -> Fault {
    let help = match &why {
        Unasked::NotWrittenAs(report, _) => {
            format!("let the file end in one of {}", formats(*report).join(", "))
        }
        Unasked::OfNow(_) => "leave --from and --to out".to_owned(),
        Unasked::NotOfBuckets(_) => "leave --bucket out".to_owned(),
    };
    Fault::new(Code::Usage, why.to_string(), help)
}

fn asked(engine: &Engine, args: &Make, (report, format): (Report, Format)) -> Result<Asked, Fault> {
    let shared = engine.state();
    let state = shared.read();
    let now = ambient::now().max(state.at());
    let today = state.zone().date(now);
    let said = args.span.from.is_some() || args.span.to.is_some();
    let (from, to) = match report.takes_period(said).map_err(unasked)? {
        true => estate::dates(&state, &args.span)?,
        false => (today, today),
    };
    let bucket = |key: &String| {
        report.takes_bucket().map_err(unasked)?;
        state.estate().bucket_called(key).ok_or_else(|| {
            let help = "`faregate bucket list` names all of them";
            Fault::new(Code::Usage, format!("there is no bucket `{key}`"), help)
        })
    };
    let bucket = args.bucket.as_ref().map(bucket).transpose()?;
    let currency = args.currency.as_deref().map(|code| {
        Currency::new(&code.to_uppercase()).ok_or_else(|| {
            let message = format!("`{code}` is no currency");
            Fault::new(Code::Usage, message, "use three letters, such as EUR")
        })
    });
    let (sight, currency) = (Sight::Everything, currency.transpose()?);
    Ok(Asked { report, format, from, to, bucket, currency, sight, now })
}

fn unmade(why: Unmade) -> Fault {
    match why {
        Unmade::Failed(why) => why.into(),
        Unmade::NoSum(why) => {
            let help = "give the packs a price, or name exchange rates in an estate file ([[exchange_rate]])";
            Fault::new(Code::Data, why.to_string(), help)
        }
        Unmade::NotSo(..) | Unmade::Unwritable(_) => {
            Fault::new(Code::Failed, why.to_string(), "ask for a shorter period, or another format")
        }
    }
}

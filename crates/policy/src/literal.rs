//! Literals of Cedar's extension types. Cedar itself reads them, so that what it accepts is what we accept.

use crate::value::{Block, Constant};
use cedar_policy::{
    Context, Entities, EntityUid, EvalResult, Expression, Request, eval_expression,
};
use core::str::FromStr;

/// The value of `function("text")`, when it is one.
pub(crate) fn constant(function: &str, text: &str) -> Option<Constant> {
    // Nothing else occurs in these literals, so the text needs no escapes.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":.+-/".contains(&byte);
    if !text.bytes().all(plain) {
        return None;
    }
    match function {
        "ip" => {
            asked(&format!("ip(\"{text}\").isIpv4()"))?;
            Block::read(text).map(Constant::Block)
        }
        "decimal" => {
            asked(&format!("decimal(\"{text}\").lessThan(decimal(\"0.0\"))"))?;
            let (whole, part) = text.split_once('.')?;
            format!("{whole}{part:0<4}").parse().ok().map(Constant::Decimal)
        }
        "duration" => match asked(&format!("duration(\"{text}\").toMilliseconds()"))? {
            EvalResult::Long(span) => Some(Constant::Span(span)),
            _ => None,
        },
        "datetime" => {
            let since = "durationSince(datetime(\"1970-01-01\")).toMilliseconds()";
            match asked(&format!("datetime(\"{text}\").{since}"))? {
                EvalResult::Long(time) => Some(Constant::Time(time)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn asked(expression: &str) -> Option<EvalResult> {
    let nobody = || EntityUid::from_str("Person::\"\"").ok();
    let request = Request::new(nobody()?, nobody()?, nobody()?, Context::empty(), None).ok()?;
    let expression = Expression::from_str(expression).ok()?;
    eval_expression(&request, &Entities::empty(), &expression).ok()
}

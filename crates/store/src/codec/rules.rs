//! Values whose variants carry something, and those that are written as text.

use super::{Input, Malformed, Wire};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use faregate_core::budget::{Answer, Progress};
use faregate_core::burn::Plan;
use faregate_core::caps::Span;
use faregate_core::estate::{Breach, Cidr, Country, Domain, Period, Territory};
use faregate_core::event::{Finding, MoveCause, Trial};
use faregate_core::state::OccasionEffect;
use faregate_core::when::Zone;

/// Variants by tag, each with what it carries: nothing, one value, or two.
macro_rules! carrying {
    ($($name:ident { $($tag:literal => $variant:ident $(($($field:ident),+))?),+ })+) => {$(
        impl Wire for $name {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $(($($field),+))? => {
                        out.push($tag);
                        $($($field.put(out);)+)?
                    })+
                }
            }
            fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
                match input.byte()? {
                    $($tag => Ok(Self::$variant $(($({
                        let $field = Wire::get(input)?;
                        $field
                    }),+))?),)+
                    _ => Err(Malformed(concat!("unknown ", stringify!($name)))),
                }
            }
        }
    )+};
}
carrying! {
    Period { 0 => Open, 1 => Months(count), 2 => Dates(from, until) }
    Domain { 0 => Pool, 1 => Bucket(id), 2 => Offering(id), 3 => Seat(id) }
    Span { 0 => Seconds(count), 1 => Day, 2 => Week, 3 => Month }
    Trial { 0 => Opens(fare), 1 => Refuses(reason, rule) }
    MoveCause { 0 => Order, 1 => Request(id), 2 => LoanReturned(id), 3 => PeriodEnd }
    OccasionEffect { 0 => Holiday, 1 => Share(thousandths), 2 => TokensADay(ticks) }
    Answer { 0 => Approve(ticks), 1 => Decline }
    Progress { 0 => Waiting, 1 => Approved(ticks), 2 => Declined, 3 => Expired, 4 => Returned }
    Plan { 0 => Straight, 1 => Seasonal, 2 => Curve(points) }
    Finding { 0 => Matched, 1 => Booked, 2 => DoubleDip(cause) }
}

/// What can be done about a breach, by tag; never reordered, and no longer than it is: see below.
const BREACHES: [Breach; 3] = [Breach::Report, Breach::Quarantine, Breach::Refuse];

/// One tag says what is done about use elsewhere, and three times over what is done about use from nobody
/// knows where. Tags below three are older than that: unknown places were reported.
impl Wire for Territory {
    fn put(&self, out: &mut Vec<u8>) {
        let Self { domain, allowed, from, until, breach, unknown } = self;
        domain.put(out);
        allowed.put(out);
        from.put(out);
        until.put(out);
        let place = |one: &Breach| BREACHES.iter().position(|known| known == one).unwrap_or(0);
        out.push((place(breach) + BREACHES.len() * place(unknown)) as u8);
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let (domain, allowed) = (Wire::get(input)?, Wire::get(input)?);
        let (from, until) = (Wire::get(input)?, Wire::get(input)?);
        let tag = usize::from(input.byte()?);
        let named = |place: usize| BREACHES.get(place).copied().ok_or(Malformed("unknown Breach"));
        let (breach, unknown) = (named(tag % BREACHES.len())?, named(tag / BREACHES.len())?);
        Ok(Self { domain, allowed, from, until, breach, unknown })
    }
}

impl Wire for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        input.byte()
    }
}

impl Wire for IpAddr {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::V4(address) => {
                out.push(4);
                out.extend_from_slice(&address.octets());
            }
            Self::V6(address) => {
                out.push(6);
                out.extend_from_slice(&address.octets());
            }
        }
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        const SHORT: Malformed = Malformed("address cut short");
        match input.byte()? {
            4 => {
                let octets: [u8; 4] = input.bytes(4)?.try_into().map_err(|_| SHORT)?;
                Ok(Self::V4(Ipv4Addr::from(octets)))
            }
            6 => {
                let octets: [u8; 16] = input.bytes(16)?.try_into().map_err(|_| SHORT)?;
                Ok(Self::V6(Ipv6Addr::from(octets)))
            }
            _ => Err(Malformed("unknown kind of address")),
        }
    }
}

impl Wire for Country {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.code().as_bytes());
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let letters = input.bytes(2)?;
        let code = core::str::from_utf8(letters).map_err(|_| Malformed("country is not text"))?;
        let country = Self::new(code).filter(|country| country.code() == code);
        country.ok_or(Malformed("country is not two capitals"))
    }
}

impl Wire for Cidr {
    fn put(&self, out: &mut Vec<u8>) {
        self.to_string().put(out);
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        String::get(input)?.parse().map_err(|_| Malformed("no block of addresses"))
    }
}

impl Wire for Zone {
    fn put(&self, out: &mut Vec<u8>) {
        self.name().to_owned().put(out);
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Self::named(&String::get(input)?).map_err(|_| Malformed("unknown zone"))
    }
}

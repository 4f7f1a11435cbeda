//! What people are called, and the names by which logins, mail and licence servers know them.

use rustc_hash::FxHashMap;

/// The company's mail domain; `.example` belongs to nobody.
const DOMAIN: &str = "northbridge.example";

const FIRST: [&str; 47] = [
    "Anna",
    "Javier",
    "Emily",
    "Piotr",
    "Wei",
    "Lucía",
    "James",
    "Agnieszka",
    "Priya",
    "Carlos",
    "Olivia",
    "Tomasz",
    "Mei",
    "Marta",
    "Oliver",
    "Zofia",
    "Arjun",
    "Elena",
    "Harry",
    "Łukasz",
    "Siti",
    "Pablo",
    "Charlotte",
    "Michał",
    "Aisha",
    "Sergio",
    "Grace",
    "Katarzyna",
    "Kenji",
    "Nuria",
    "Thomas",
    "Jakub",
    "Fatima",
    "Álvaro",
    "Hannah",
    "Ewa",
    "Daniel",
    "Carmen",
    "Samuel",
    "Joanna",
    "Ravi",
    "Inés",
    "Lewis",
    "Paweł",
    "Yuki",
    "Diego",
    "Megan",
];

const LAST: [&str; 61] = [
    "López",
    "Smith",
    "Kowalska",
    "Tan",
    "García",
    "Jones",
    "Nowak",
    "Patel",
    "Martínez",
    "Taylor",
    "Wójcik",
    "Lim",
    "Sánchez",
    "Brown",
    "Kamiński",
    "Nguyen",
    "Fernández",
    "Williams",
    "Lewandowski",
    "Chen",
    "Ruiz",
    "Wilson",
    "Zieliński",
    "Rossi",
    "Moreno",
    "Johnson",
    "Szymański",
    "Rahman",
    "Muñoz",
    "Davies",
    "Dąbrowski",
    "Okafor",
    "Álvarez",
    "Evans",
    "Kozłowski",
    "Ng",
    "Romero",
    "Walker",
    "Mazur",
    "Sharma",
    "Navarro",
    "Wright",
    "Krawczyk",
    "Müller",
    "Torres",
    "Green",
    "Piotrowski",
    "Dubois",
    "Domínguez",
    "Hughes",
    "Grabowski",
    "Silva",
    "Ramos",
    "Edwards",
    "Pawlak",
    "Ahmed",
    "Vázquez",
    "Clarke",
    "Michalski",
    "Andersen",
    "Ortega",
];

/// Somebody's names.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    /// To show.
    pub(crate) name: String,
    /// `anna.lopez`.
    pub(crate) key: String,
    /// E-mail, login, FlexNet user name.
    pub(crate) aliases: Vec<String>,
}

/// Gives out names, each alias once.
pub(crate) struct Namer {
    start: usize,
    given: usize,
    logins: FxHashMap<String, u32>,
}

impl Namer {
    /// Begins somewhere in the list of names.
    pub(crate) fn new(start: usize) -> Self {
        Self { start, given: 0, logins: FxHashMap::default() }
    }

    /// The next human.
    pub(crate) fn next(&mut self) -> Names {
        let (first, last, round) = self.pair();
        let (short_first, short_last) = (plain(first), plain(last));
        let suffix = if round == 0 { String::new() } else { (round + 1).to_string() };
        let key = format!("{short_first}.{short_last}{suffix}");
        let initial: String = short_first.chars().take(1).collect();
        let login = self.login(&format!("{initial}{short_last}"));
        let number = login.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        let flexnet = format!("{short_last}_{initial}{number}").to_uppercase();
        let aliases = vec![format!("{key}@{DOMAIN}"), login, flexnet];
        Names { name: format!("{first} {last}"), key, aliases }
    }

    /// First and last names are coprime in number, so stepping through both meets every pair once a round.
    fn pair(&mut self) -> (&'static str, &'static str, usize) {
        let index = self.start.wrapping_add(self.given);
        let round = self.given / (FIRST.len() * LAST.len());
        self.given += 1;
        let first = FIRST.get(index % FIRST.len()).copied().unwrap_or("Anna");
        // Twenty-two last names on each time: neighbours in the list do not become neighbours on a page.
        let last = LAST.get(index.wrapping_mul(22) % LAST.len()).copied().unwrap_or("Smith");
        (first, last, round)
    }

    fn login(&mut self, base: &str) -> String {
        let count = self.logins.entry(base.to_owned()).or_default();
        *count += 1;
        if *count == 1 { base.to_owned() } else { format!("{base}{count}") }
    }
}

/// The second account of somebody: the same human, and not an alias in common.
pub(crate) fn second_account(names: &Names) -> Names {
    let key = format!("{}.ext", names.key);
    let aliases = vec![format!("{key}@{DOMAIN}"), format!("x-{}", names.key.replace('.', "-"))];
    Names { name: names.name.clone(), key, aliases }
}

/// The n-th service account.
pub(crate) fn service_account(number: usize) -> Names {
    let key = format!("svc-batch{number:02}");
    let aliases = vec![format!("{key}@{DOMAIN}"), format!("SVC_BATCH{number:02}")];
    Names { name: format!("Batch service {number:02}"), key, aliases }
}

/// Lower case without accents.
fn plain(name: &str) -> String {
    let letter = |letter| match letter {
        'á' | 'ą' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' | 'ń' => 'n',
        'ł' => 'l',
        other => other,
    };
    name.to_lowercase().chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_people_share_an_alias() {
        let mut namer = Namer::new(17);
        let mut seen = BTreeSet::new();
        for _ in 0..9_000 {
            let names = namer.next();
            for alias in names.aliases.iter().chain([&names.key]) {
                assert!(alias.is_ascii(), "{alias}");
                assert!(seen.insert(alias.to_lowercase()), "{alias}");
            }
        }
    }

    #[test]
    fn names_read_like_names() {
        let names = Namer::new(3).next();
        assert_eq!(names.name, "Piotr Jones");
        assert_eq!(names.aliases, ["piotr.jones@northbridge.example", "pjones", "JONES_P"]);
    }
}

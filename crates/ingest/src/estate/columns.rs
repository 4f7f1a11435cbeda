//! Which columns there are, and under which headers other systems write them.
//!
//! To add a column: a row here, its field in `rows`, its line in `read`; the reference is
//! `docs/reference/estate-files.md`.

use super::fault::nearest;

/// What a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Groups of people.
    Group,
    /// People.
    Person,
    /// Their dated names.
    Alias,
    /// Seats.
    Seat,
    /// Sites.
    Site,
    /// Regions.
    Region,
    /// Territories.
    Territory,
    /// Schedules.
    Schedule,
    /// Buckets.
    Bucket,
    /// Caps.
    Cap,
    /// What is agreed of the contract.
    Terms,
    /// Exchange rates.
    ExchangeRate,
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name, in TOML and CSV.
    pub name: &'static str,
    /// What other systems call it, in small letters with blanks.
    pub aliases: &'static [&'static str],
    /// Whether every row has to have it.
    pub required: bool,
}

const fn column(name: &'static str, aliases: &'static [&'static str]) -> Column {
    Column { name, aliases, required: false }
}

const fn required(name: &'static str, aliases: &'static [&'static str]) -> Column {
    Column { name, aliases, required: true }
}

const KEY: Column = required("key", &["id", "code"]);
const NAME: Column = column("name", &["display name", "title"]);
const FROM: Column = column("from", &["start", "start date", "valid from"]);
const UNTIL: Column = column("until", &["valid until"]);

impl Kind {
    /// All of them, in the order in which they are imported.
    pub const ALL: [Self; 12] = [
        Self::Group,
        Self::Bucket,
        Self::Person,
        Self::Alias,
        Self::Seat,
        Self::Site,
        Self::Region,
        Self::Territory,
        Self::Schedule,
        Self::Cap,
        Self::Terms,
        Self::ExchangeRate,
    ];

    /// Its name in TOML, and what else a file may be called.
    const fn names(self) -> [&'static str; 2] {
        match self {
            Self::Group => ["group", "groups"],
            Self::Person => ["person", "people"],
            Self::Alias => ["alias", "aliases"],
            Self::Seat => ["seat", "seats"],
            Self::Site => ["site", "sites"],
            Self::Region => ["region", "regions"],
            Self::Territory => ["territory", "territories"],
            Self::Schedule => ["schedule", "schedules"],
            Self::Bucket => ["bucket", "buckets"],
            Self::Cap => ["cap", "caps"],
            Self::Terms => ["terms", "term"],
            Self::ExchangeRate => ["exchange_rate", "exchange_rates"],
        }
    }

    /// Its name: `exchange_rate`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        let [name, _] = self.names();
        name
    }

    /// The kind of a name, singular or plural, with `-`, `_` or a blank.
    ///
    /// # Errors
    /// The known name that is the most like it, if any is.
    pub fn named(name: &str) -> Result<Self, Option<&'static str>> {
        let name = plain(name).replace(' ', "_");
        let found = Self::ALL.into_iter().find(|kind| kind.names().contains(&name.as_str()));
        found.ok_or_else(|| nearest(&name, Self::ALL.map(Self::key)))
    }

    /// Its columns.
    #[must_use]
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Group => GROUP,
            Self::Person => PERSON,
            Self::Alias => ALIAS,
            Self::Seat => SEAT,
            Self::Site => SITE,
            Self::Region => REGION,
            Self::Territory => TERRITORY,
            Self::Schedule => SCHEDULE,
            Self::Bucket => BUCKET,
            Self::Cap => CAP,
            Self::Terms => TERMS,
            Self::ExchangeRate => EXCHANGE_RATE,
        }
    }

    /// The column that a header names.
    ///
    /// # Errors
    /// The column whose name is the most like it, if any is.
    pub(crate) fn column(self, header: &str) -> Result<&'static Column, Option<&'static str>> {
        let header = plain(header);
        let is_it = |column: &&Column| {
            plain(column.name) == header || column.aliases.contains(&header.as_str())
        };
        self.columns().iter().find(is_it).ok_or_else(|| {
            let by_name = self.columns().iter().map(|column| column.name);
            nearest(&header.replace(' ', "_"), by_name)
        })
    }
}

/// A header in small letters without accents, its words parted by one blank.
fn plain(header: &str) -> String {
    let letters = header.chars().flat_map(char::to_lowercase).filter_map(|letter| match letter {
        '_' | '-' | '.' => Some(' '),
        'à' | 'á' | 'â' | 'ä' => Some('a'),
        'ç' => Some('c'),
        'è' | 'é' | 'ê' | 'ë' => Some('e'),
        'í' | 'î' | 'ï' => Some('i'),
        'ñ' => Some('n'),
        'ó' | 'ô' | 'ö' => Some('o'),
        'ú' | 'û' | 'ù' | 'ü' => Some('u'),
        // Accents that are letters of their own, as a Mac writes them.
        '\u{300}'..='\u{36f}' => None,
        letter => Some(letter),
    });
    let spaced: String = letters.collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

const GROUP: &[Column] = &[KEY, NAME, column("dimension", &[]), column("parents", &["parent"])];

/// Staff lists come in the language of the personnel department: English, German, French, Spanish.
const PERSON: &[Column] = &[
    column(
        "key",
        &[
            "login",
            "user",
            "username",
            "user name",
            "user id",
            "benutzername",
            "anmeldename",
            "identifiant",
            "usuario",
            "nombre de usuario",
        ],
    ),
    column(
        "name",
        &[
            "full name",
            "display name",
            "employee name",
            "employee",
            "mitarbeiter",
            "vollstandiger name",
            "nom complet",
            "nom et prenom",
            "salarie",
            "nombre completo",
            "empleado",
            "nombre y apellidos",
        ],
    ),
    column(
        "first_name",
        &["firstname", "given name", "first", "forename", "vorname", "prenom", "nombre"],
    ),
    column(
        "last_name",
        &[
            "lastname",
            "surname",
            "family name",
            "last",
            "nachname",
            "familienname",
            "nom",
            "nom de famille",
            "apellido",
            "apellidos",
        ],
    ),
    column(
        "email",
        &[
            "e mail",
            "mail",
            "email address",
            "e mail address",
            "work email",
            "business email",
            "email adresse",
            "e mail adresse",
            "mailadresse",
            "courriel",
            "adresse email",
            "adresse e mail",
            "adresse mail",
            "correo",
            "correo electronico",
            "direccion de correo",
        ],
    ),
    column(
        "employee_id",
        &[
            "employee number",
            "employee no",
            "personnel number",
            "staff id",
            "worker id",
            "personalnummer",
            "personal nr",
            "mitarbeiternummer",
            "matricule",
            "numero de salarie",
            "numero de empleado",
            "legajo",
            "matricula",
        ],
    ),
    column("bucket", &["budget"]),
    column("groups", &["group"]),
    column(
        "department",
        &[
            "dept",
            "department name",
            "abteilung",
            "organisationseinheit",
            "service",
            "departement",
            "departamento",
        ],
    ),
    column(
        "cost_centre",
        &[
            "cost center",
            "costcentre",
            "costcenter",
            "cost centre code",
            "kostenstelle",
            "centre de cout",
            "centre de couts",
            "centro de coste",
            "centro de costes",
            "centro de costo",
            "centro de costos",
        ],
    ),
    column(
        "manager",
        &[
            "reports to",
            "supervisor",
            "manager name",
            "manager email",
            "line manager",
            "vorgesetzter",
            "vorgesetzte",
            "fuhrungskraft",
            "responsable",
            "superieur",
            "superieur hierarchique",
            "jefe",
            "jefa",
        ],
    ),
    column("contractor", &["external", "employment type", "extern", "externe", "externo"]),
    UNTIL,
    column(
        "last_day",
        &[
            "end date",
            "last working day",
            "termination date",
            "leaving date",
            "last day of work",
            "letzter arbeitstag",
            "letzter tag",
            "austrittsdatum",
            "austritt",
            "vertragsende",
            "dernier jour",
            "dernier jour travaille",
            "date de depart",
            "date de sortie",
            "date de fin de contrat",
            "ultimo dia",
            "ultimo dia de trabajo",
            "fecha de baja",
            "fecha de salida",
            "fecha fin de contrato",
        ],
    ),
    column("aliases", &["alias", "logins"]),
];

const ALIAS: &[Column] = &[required("alias", &["name"]), required("person", &["of"]), FROM, UNTIL];

const SEAT: &[Column] = &[
    required("offering", &["subscription", "plan"]),
    column("person", &["holder", "email", "assigned to"]),
    required("from", &["start", "start date"]),
    required("until", &["valid until"]),
    column("count", &["quantity", "seats", "seat quantity"]),
];

const SITE: &[Column] = &[
    KEY,
    NAME,
    column("country", &["country code"]),
    column("zone", &["time zone", "timezone"]),
    column("networks", &["network", "subnets", "subnet"]),
];

const REGION: &[Column] = &[KEY, NAME, column("countries", &["country"])];

const TERRITORY: &[Column] = &[
    required("of", &["domain"]),
    column("allowed", &["where", "countries", "regions"]),
    FROM,
    UNTIL,
    column("breach", &["otherwise"]),
    column("unknown", &["unknown place", "unknown places"]),
];

const SCHEDULE: &[Column] = &[
    KEY,
    column("zone", &["time zone", "timezone"]),
    column("days", &["weekdays"]),
    column("hours", &[]),
    column("except", &["holidays"]),
    FROM,
    UNTIL,
];

const BUCKET: &[Column] = &[
    KEY,
    NAME,
    column("parent", &["above"]),
    column("owners", &["owner"]),
    column("period", &[]),
    column("leftover", &["left over"]),
    column("lends", &[]),
    column("tokens", &["allocation", "amount"]),
];

const CAP: &[Column] = &[
    KEY,
    column("person", &[]),
    column("group", &[]),
    column("product", &[]),
    column("bucket", &[]),
    column("each", &["for each"]),
    column("measure", &["counts"]),
    column("per", &["span"]),
    column("limit", &["max", "at most"]),
    column("then", &["action"]),
    column("mode", &[]),
];

const TERMS: &[Column] = &[
    column("owners", &["owner"]),
    column("large", &[]),
    column("request_days", &[]),
    column("seat_moves_a_day", &[]),
    column("seat_hosts_max", &[]),
    column("seat_move_cost", &[]),
    column("carry_percent", &[]),
    column("carry_days", &[]),
];

const EXCHANGE_RATE: &[Column] = &[
    required("of", &["currency from"]),
    required("price", &["rate"]),
    required("currency", &["currency to", "in"]),
    required("from", &["date", "valid from"]),
];

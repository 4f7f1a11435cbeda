//! The vendor's words, in all spellings that it has used.

/// What was charged of a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChargeCategory {
    /// Tokens.
    Charged,
    /// Nothing.
    Free,
    /// `CASUAL`, which the vendor does not explain.
    Casual,
    /// `N/A`: no category applies.
    NotApplicable,
}

impl ChargeCategory {
    /// By the vendor's word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Some(match plain(word).as_str() {
            "CHARGED" => Self::Charged,
            "FREE" => Self::Free,
            "CASUAL" => Self::Casual,
            "N/A" | "NA" => Self::NotApplicable,
            _ => return None,
        })
    }
}

/// What kind of use was charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UsageCategory {
    /// A product on a desktop.
    DesktopProduct,
    /// A product in the cloud.
    CloudProduct,
    /// A result of a service.
    CloudService,
    /// The vendor corrected something.
    ManualAdjustment,
    /// The vendor charged something by hand.
    ManualConsumption,
}

impl UsageCategory {
    /// By the vendor's word, of today or of before.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Some(match plain(word).as_str() {
            "DESKTOP_PRODUCT" | "PRODUCT_CONSUMPTION" | "DESKTOP" => Self::DesktopProduct,
            "CLOUD_PRODUCT" | "CLOUD_PRODUCT_CONSUMPTION" => Self::CloudProduct,
            "CLOUD_SERVICE" | "CLOUD_CONSUMPTION" | "CLOUD_SERVICE_CONSUMPTION" => {
                Self::CloudService
            }
            "MANUAL_ADJUSTMENT" => Self::ManualAdjustment,
            "MANUAL_CONSUMPTION" => Self::ManualConsumption,
            _ => return None,
        })
    }
}

/// Which tokens of an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenPool {
    /// `CY`: of the contract year.
    ContractYear,
    /// `MY`: of all years.
    MultiYear,
}

impl TokenPool {
    /// By the vendor's word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        match plain(word).as_str() {
            "CY" => Some(Self::ContractYear),
            "MY" => Some(Self::MultiYear),
            _ => None,
        }
    }
}

fn plain(word: &str) -> String {
    word.trim().to_ascii_uppercase().replace([' ', '-'], "_")
}

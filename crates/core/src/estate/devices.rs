//! Workstations that speak for themselves: each signs what it says with a key of its own.

use super::{DeviceId, Estate, PersonId, next};
use crate::when::Instant;
use core::fmt;

impl fmt::Display for DeviceId {
    /// `d` and the number: `d42`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "d{}", self.0)
    }
}

impl core::str::FromStr for DeviceId {
    type Err = core::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_prefix('d').unwrap_or_default().parse().map(Self)
    }
}

/// A workstation with a key of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Its public Ed25519 key.
    pub key: [u8; 32],
    /// Name to show.
    pub name: String,
    /// Whose it is, when it is one person's alone.
    pub person: Option<PersonId>,
}

/// A device, and when it may speak.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enrolled {
    /// The device.
    pub device: Device,
    /// Since when.
    pub at: Instant,
    /// From when on no longer; `None` while it is in force.
    pub revoked: Option<Instant>,
}

impl Estate {
    /// Enrols a device.
    ///
    /// # Errors
    /// The device in force that has the key already.
    pub fn enroll(&mut self, device: Device, at: Instant) -> Result<DeviceId, DeviceId> {
        if let Some((id, _)) = self.device_with_key(&device.key) {
            return Err(id);
        }
        let id = DeviceId(next(self.devices.len()));
        self.device_keys.insert(device.key, id);
        self.devices.push(Enrolled { device, at, revoked: None });
        Ok(id)
    }

    /// Takes its voice from a device; `false` when there is none in force with this id.
    pub fn revoke_device(&mut self, id: DeviceId, at: Instant) -> bool {
        let known = self.devices.get_mut(id.index()).filter(|known| known.revoked.is_none());
        let Some(known) = known else { return false };
        known.revoked = Some(at);
        self.device_keys.remove(&known.device.key);
        true
    }

    /// The device with this id, in force or not.
    #[must_use]
    pub fn device(&self, id: DeviceId) -> Option<&Enrolled> {
        self.devices.get(id.index())
    }

    /// The device in force that has this key.
    #[must_use]
    pub fn device_with_key(&self, key: &[u8; 32]) -> Option<(DeviceId, &Enrolled)> {
        let id = *self.device_keys.get(key)?;
        Some((id, self.device(id)?))
    }

    /// All devices, in the order enrolled.
    pub fn devices(&self) -> impl Iterator<Item = (DeviceId, &Enrolled)> {
        (0..).map(DeviceId).zip(&self.devices)
    }

    pub(crate) fn restore_devices(&mut self, devices: Vec<Enrolled>) {
        self.devices = devices;
        let in_force = self.devices().filter(|(_, known)| known.revoked.is_none());
        self.device_keys = in_force.map(|(id, known)| (known.device.key, id)).collect();
    }
}

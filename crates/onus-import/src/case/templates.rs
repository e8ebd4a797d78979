//! A case to begin with for each strand of the policy, in lines with comments.
//!
//! Promise: each expands as it is, and raises no flag above low once it is recorded; tests hold both. They are examples of
//! what is recorded when all goes well, and no advice what to decide.

use onus_core::vocabulary::Strand;

macro_rules! from_file {
    ($name:literal) => {
        include_str!(concat!("../../../../docs/templates/", $name, ".toml"))
    };
}

/// The case.
#[must_use]
pub const fn template(strand: Strand) -> &'static str {
    match strand {
        Strand::ConcernForWelfare => from_file!("concern_for_welfare"),
        Strand::WalkoutHealthcare => from_file!("walkout_healthcare"),
        Strand::AwolMentalHealth => from_file!("awol_mental_health"),
        Strand::MedicalSupport => from_file!("medical_support"),
        Strand::Transport => from_file!("transport"),
        Strand::S136Handover => from_file!("s136_handover"),
        Strand::VoluntaryPatientHandover => from_file!("voluntary_patient_handover"),
        Strand::OutOfScope => from_file!("out_of_scope"),
        Strand::VoluntaryNotReturned => from_file!("voluntary_not_returned"),
        Strand::MissingPerson => from_file!("missing_person"),
    }
}

/// What it is of, in a sentence: its first line.
#[must_use]
pub fn template_title(strand: Strand) -> &'static str {
    template(strand).lines().next().unwrap_or_default().trim_start_matches("# ")
}

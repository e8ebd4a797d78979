//! FHIR R4: one Bundle of type `collection`, written entry by entry.
//!
//! Each event is an `AuditEvent`; a decision and its review also get a `Provenance`; each step of a handover is a
//! `Task` of its own, an answer being `partOf` the offer's, since nothing here is ever rewritten. People, places and
//! subjects stand as the ledger's tokens; sealed text never leaves in this format.
//!
//! Sources: <https://hl7.org/fhir/R4/auditevent.html>, <https://hl7.org/fhir/R4/provenance.html>,
//! <https://hl7.org/fhir/R4/task.html>.

use crate::data::event::Event;
use crate::data::sink::{Made, Sink, SinkError};
use onus_core::ids::EventId;
use onus_core::kinds::Body;
use onus_core::stage::Stored;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

const FILE: &str = "bundle.json";

/// One Bundle.
pub(crate) struct FhirBundle {
    path: PathBuf,
    origin: String,
    out: BufWriter<File>,
    first: bool,
}

impl FhirBundle {
    pub(crate) fn new(folder: &Path, origin: &str) -> Result<Self, SinkError> {
        let path = folder.join(FILE);
        let begin = || -> io::Result<BufWriter<File>> {
            let mut out = BufWriter::with_capacity(1 << 16, File::create_new(&path)?);
            out.write_all(b"{\"resourceType\":\"Bundle\",\"type\":\"collection\"")?;
            Ok(out)
        };
        let out = begin().map_err(|e| SinkError::write(&path, e))?;
        Ok(Self { origin: origin.to_owned(), out, first: true, path })
    }

    fn resource(&mut self, url: &str, resource: &Value) -> io::Result<()> {
        // FHIR forbids an empty array, so `entry` begins with its first resource.
        self.out.write_all(if self.first { b",\"entry\":[\n" } else { b",\n" })?;
        self.first = false;
        serde_json::to_writer(&mut self.out, &json!({ "fullUrl": url, "resource": resource }))?;
        Ok(())
    }

    fn url(&self, resource: &str, name: &str) -> String {
        format!("urn:onus:{}:{resource}:{name}", self.origin)
    }

    fn write(&mut self, event: &Event) -> io::Result<()> {
        let audit_url = self.url("AuditEvent", &format!("e{}", event.head.seq));
        let audit = self.audit_event(event);
        self.resource(&audit_url, &audit)?;
        if let Some((task_url, task)) = self.task(event) {
            self.resource(&task_url, &task)?;
            let provenance = self.provenance(event, &task_url);
            self.resource(&self.url("Provenance", &format!("e{}", event.head.seq)), &provenance)?;
        } else if matches!(event.record.body, Body::AttendanceDecided(_) | Body::DecisionReviewed(_)) {
            let provenance = self.provenance(event, &audit_url);
            self.resource(&self.url("Provenance", &format!("e{}", event.head.seq)), &provenance)?;
        }
        Ok(())
    }

    fn audit_event(&self, event: &Event) -> Value {
        let common = &event.record.common;
        let mut entities = Vec::new();
        if let Some(incident) = &common.incident {
            entities.push(json!({
                "what": { "identifier": { "system": "urn:onus:incident", "value": incident.to_string() } },
                "role": { "system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "20", "display": "Job" },
            }));
        }
        if let Some(subject) = &common.subject {
            entities.push(json!({
                "what": { "identifier": { "system": "urn:onus:token", "value": subject.to_string() } },
                "type": { "system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": "1", "display": "Person" },
            }));
        }
        let mut resource = json!({
            "resourceType": "AuditEvent",
            "id": format!("e{}", event.head.seq),
            "type": { "system": "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", "code": "originate", "display": "Originate/Retain Record Lifecycle Event" },
            "subtype": [{ "system": "urn:onus:event", "code": event.kind().name() }],
            "action": "C",
            "period": { "start": common.occurred_at.rfc3339() },
            "recorded": event.head.recorded_at.rfc3339(),
            "outcome": "0",
            "agent": [agent(event, true)],
            "source": { "site": self.origin, "observer": { "identifier": { "system": "urn:onus:ledger", "value": self.origin } } },
        });
        if let (false, Some(members)) = (entities.is_empty(), resource.as_object_mut()) {
            members.insert("entity".into(), entities.into());
        }
        resource
    }

    fn provenance(&self, event: &Event, target: &str) -> Value {
        let common = &event.record.common;
        let mut who = agent(event, false);
        if let Some(members) = who.as_object_mut() {
            members.remove("requestor");
            members.remove("role");
        }
        json!({
            "resourceType": "Provenance",
            "id": format!("e{}", event.head.seq),
            "target": [{ "reference": target }],
            "occurredDateTime": common.occurred_at.rfc3339(),
            "recorded": event.head.recorded_at.rfc3339(),
            "activity": { "coding": [{ "system": "urn:onus:event", "code": event.kind().name() }] },
            "agent": [who],
            "entity": [{
                "role": "source",
                "what": { "identifier": { "system": "urn:onus:entry", "value": format!("{}:{}", self.origin, event.head.seq) } },
            }],
        })
    }

    /// The step of a handover, and under which URL it stands. An id of an event is unique within its incident.
    fn task(&self, event: &Event) -> Option<(String, Value)> {
        let common = &event.record.common;
        let incident = common.incident.as_ref()?;
        let url = |id: EventId| self.url("Task", &format!("{incident}:{id}"));
        let (status, offer) = match &event.record.body {
            Body::HandoverOffered(_) => ("requested", None),
            Body::HandoverAccepted(accepted) => ("accepted", accepted.offer),
            Body::HandoverDeclined(declined) => ("rejected", declined.offer),
            Body::HandoverWithdrawn(withdrawn) => ("cancelled", withdrawn.offer),
            Body::HandoverLapsed(lapsed) => ("failed", lapsed.offer),
            _ => return None,
        };
        let mut task = json!({
            "resourceType": "Task",
            "id": format!("e{}", event.head.seq),
            "identifier": [{ "system": "urn:onus:event-id", "value": event.id().to_string() }],
            "status": status,
            "intent": "order",
            "code": { "coding": [{ "system": "urn:onus:event", "code": event.kind().name() }] },
            "focus": { "identifier": { "system": "urn:onus:incident", "value": incident.to_string() } },
            "authoredOn": common.occurred_at.rfc3339(),
            "lastModified": event.head.recorded_at.rfc3339(),
            "requester": agency(&common.asserted_by.to_string()),
        });
        let members = task.as_object_mut()?;
        if let Some(offer) = offer {
            members.insert("partOf".into(), json!([{ "reference": url(offer) }]));
        }
        if let Body::HandoverOffered(offer) = &event.record.body {
            members.insert("requester".into(), agency(&offer.from.to_string()));
            members.insert("owner".into(), agency(&offer.to.to_string()));
        }
        Some((url(event.id()), task))
    }
}

fn agency(id: &str) -> Value {
    json!({ "identifier": { "system": "urn:onus:agency", "value": id } })
}

fn agent(event: &Event, requestor: bool) -> Value {
    let actor: &onus_core::model::Actor<Stored> = &event.record.common.actor;
    let mut who = agency(&actor.agency.to_string());
    if let (Some(staff), Some(members)) = (&actor.staff, who.as_object_mut()) {
        members.insert(
            "identifier".into(),
            json!({ "system": "urn:onus:token", "value": staff.to_string(), "assigner": { "display": actor.agency.to_string() } }),
        );
    }
    json!({
        "role": [{ "coding": [{ "system": "urn:onus:role", "code": actor.role.as_str() }] }],
        "who": who,
        "requestor": requestor,
    })
}

impl Sink for FhirBundle {
    fn put(&mut self, event: &Event) -> Result<(), SinkError> {
        self.write(event).map_err(|e| SinkError::write(&self.path, e))
    }

    fn finish(self: Box<Self>) -> Result<Made, SinkError> {
        let Self { path, mut out, first, .. } = *self;
        let wrote = out.write_all(if first { b"}\n" } else { b"\n]}\n" });
        let synced =
            wrote.and_then(|()| out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all());
        synced.map_err(|e| SinkError::write(&path, e))?;
        Ok(Made { files: vec![FILE.into()] })
    }
}

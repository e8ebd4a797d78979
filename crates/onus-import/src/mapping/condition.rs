//! When a template makes an event of a row.

use super::{ColumnId, Compiler, TimeId};
use onus_core::toml_file::{Item, Node, Table, TomlFault};

/// A condition on a row.
#[derive(Debug)]
pub(crate) enum Condition {
    /// Every one of these columns has a cell.
    Present(Vec<ColumnId>),
    /// None of these columns has a cell.
    Absent(Vec<ColumnId>),
    /// Every one of these times is there.
    Times(Vec<TimeId>),
    /// None of these times is there.
    NoTimes(Vec<TimeId>),
    /// The cell is one of these, or is none of them.
    Is(ColumnId, Vec<Box<str>>, bool),
    Any(Vec<Condition>),
    All(Vec<Condition>),
}

const KEYS: &[&str] = &["present", "absent", "time", "no_time", "column", "is", "is_not", "any", "all"];

/// Reads a condition, or a list of conditions that must all hold.
pub(crate) fn compile_when(
    compiler: &mut Compiler,
    node: &Node,
    place: &str,
) -> Result<Condition, TomlFault> {
    match &node.item {
        Item::List(items) => {
            let all = items.iter().map(|item| compile_when(compiler, item, place));
            Ok(Condition::All(all.collect::<Result<_, _>>()?))
        }
        _ => compile_one(compiler, &node.table(place)?),
    }
}

fn compile_one(compiler: &mut Compiler, table: &Table<'_>) -> Result<Condition, TomlFault> {
    table.only(KEYS)?;
    let mut all = Vec::new();
    for (name, node) in table.entries {
        let place = table.at(name);
        let of_columns = |compiler: &mut Compiler| -> Result<Vec<ColumnId>, TomlFault> {
            let names = node.texts(&place)?.into_iter();
            Ok(names.map(|column| compiler.column(column, node.line, &place)).collect())
        };
        let of_times = |compiler: &Compiler| -> Result<Vec<TimeId>, TomlFault> {
            node.texts(&place)?.into_iter().map(|time| compiler.time(time, node, &place)).collect()
        };
        all.push(match name.as_str() {
            "present" => Condition::Present(of_columns(compiler)?),
            "absent" => Condition::Absent(of_columns(compiler)?),
            "time" => Condition::Times(of_times(compiler)?),
            "no_time" => Condition::NoTimes(of_times(compiler)?),
            "column" => compile_is(compiler, table, node)?,
            "any" => match compile_when(compiler, node, &place)? {
                Condition::All(any) => Condition::Any(any),
                one => one,
            },
            "all" => compile_when(compiler, node, &place)?,
            // `is` and `is_not` are read with their column.
            _ if table.get("column").is_some() => continue,
            _ => return Err(node.refuse(&place, "goes with column")),
        });
    }
    if all.is_empty() {
        return Err(table.refuse("expected a condition"));
    }
    Ok(Condition::All(all))
}

fn compile_is(compiler: &mut Compiler, table: &Table<'_>, column: &Node) -> Result<Condition, TomlFault> {
    let id = compiler.column(table.need_text("column")?, column.line, &table.place);
    let (name, is) = match (table.get("is").is_some(), table.get("is_not").is_some()) {
        (true, false) => ("is", true),
        (false, true) => ("is_not", false),
        _ => return Err(table.refuse("expected column with is or is_not")),
    };
    Ok(Condition::Is(id, table.texts(name)?.into_iter().map(|text| text.trim().into()).collect(), is))
}

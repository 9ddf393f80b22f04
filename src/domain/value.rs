//! The one data type of configurations, events and documents: JSON as a value.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// Shared, immutable text.
///
/// One word wide, unlike `Rc<str>`: texts are moved, returned and kept everywhere, and a second word cost every one of
/// those places instructions, a tenth of the module in sum. The price is a second allocation where a text is made.
/// Copying and comparing are calls for the same reason.
#[derive(Eq, PartialOrd, Ord)]
pub struct Text(Rc<Box<str>>);

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Clone for Text {
    #[inline(never)]
    fn clone(&self) -> Self {
        Text(Rc::clone(&self.0))
    }
}

impl PartialEq for Text {
    #[inline(never)]
    fn eq(&self, other: &Self) -> bool {
        **self.0 == **other.0
    }
}

impl Default for Text {
    fn default() -> Self {
        Text::from("")
    }
}

impl From<&str> for Text {
    #[inline(never)]
    fn from(text: &str) -> Self {
        Text(Rc::new(text.into()))
    }
}

impl From<String> for Text {
    #[inline(never)]
    fn from(text: String) -> Self {
        Text(Rc::new(text.into_boxed_str()))
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        fmt::Debug::fmt(&**self, out)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(self)
    }
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A finite number.
    Number(f64),
    /// A string.
    Text(Text),
    /// An array.
    List(Vec<Value>),
    /// An object; keys are unique and keep their order.
    Object(Object),
}

/// The entries of a JSON object in the order they were written.
///
/// Objects of shops are small, so a lookup is a walk: it beats a tree in bytes and in time up to some dozens of keys.
#[derive(Clone, Debug, Default)]
pub struct Object {
    entries: Vec<(Text, Value)>,
}

impl PartialEq for Object {
    /// Objects are equal whatever the order of their keys.
    fn eq(&self, other: &Self) -> bool {
        self.entries.len() == other.entries.len() && self.entries.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

impl Object {
    /// An object without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value under `key`; only own keys exist, so `constructor` or `__proto__` are ordinary ones.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|(name, _)| &**name == key).map(|(_, value)| value)
    }

    /// The value under `key`, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.entries.iter_mut().find(|(name, _)| &**name == key).map(|(_, value)| value)
    }

    /// The value under `key`, made `null` first where it is missing.
    pub fn entry(&mut self, key: &str) -> &mut Value {
        let index = match self.entries.iter().position(|(name, _)| &**name == key) {
            Some(index) => index,
            None => {
                self.entries.push((key.into(), Value::Null));
                self.entries.len() - 1
            }
        };
        #[allow(clippy::indexing_slicing)] // `index` was found or pushed just above.
        &mut self.entries[index].1
    }

    /// Puts `value` under `key`, in the place of a former one.
    pub fn set(&mut self, key: &str, value: impl Into<Value>) {
        *self.entry(key) = value.into();
    }

    /// Adds an entry whose key is known to be new; the parser's way in.
    pub fn push_unchecked(&mut self, key: Text, value: Value) {
        self.entries.push((key, value));
    }

    /// Takes `key` out.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let index = self.entries.iter().position(|(name, _)| &**name == key)?;
        Some(self.entries.remove(index).1)
    }

    /// The entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &Value)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Value {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The items, if it is an array.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The object to be changed; any other value is replaced by an empty object first.
    pub fn make_object(&mut self) -> &mut Object {
        if !matches!(self, Value::Object(_)) {
            *self = Value::Object(Object::new());
        }
        match self {
            Value::Object(object) => object,
            _ => unreachable_object(),
        }
    }

    /// The value under `key` of an object.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_object()?.get(key)
    }

    /// The text under `key` of an object.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_text()
    }

    /// The number under `key` of an object.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.get(key)?.as_number()
    }

    /// The boolean under `key` of an object, false where it is missing.
    pub fn flag(&self, key: &str) -> bool {
        self.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The items under `key` of an object, none where it is missing.
    pub fn list(&self, key: &str) -> &[Value] {
        self.get(key).and_then(Value::as_list).unwrap_or(&[])
    }

    /// Follows a dotted path through objects, and through arrays by index (`items.0.price`).
    pub fn at(&self, path: &str) -> Option<&Value> {
        path.split('.').try_fold(self, |value, part| match value {
            Value::Object(object) => object.get(part),
            Value::List(items) => items.get(usize::try_from(super::number::parse_digits(part, 10)?).ok()?),
            _ => None,
        })
    }

    /// The JSON type's name, as in `$type`: `null boolean number string array object`.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::Text(_) => "string",
            Value::List(_) => "array",
            Value::Object(_) => "object",
        }
    }
}

/// `make_object` has just written an object, so this never runs; it loops rather than panics.
fn unreachable_object() -> ! {
    loop {
        std::hint::spin_loop();
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Value::Bool(flag)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Value::Number(number)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Number(number as f64)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Value::Number(number as f64)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text.into())
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Value::Text(text)
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Value::Object(object)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Value::List(items)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// Makes an object of `key => value` pairs.
#[macro_export]
macro_rules! object {
    ($($key:expr => $value:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut object = $crate::domain::value::Object::new();
        $(object.set($key, $value);)*
        object
    }};
}

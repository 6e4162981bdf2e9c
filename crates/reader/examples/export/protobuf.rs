//! As much of protobuf (protobuf.dev/programming-guides/encoding) and of onnx.proto as a small model needs.

/// A message in the making.
#[derive(Clone, Default)]
pub(crate) struct Message(pub(crate) Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        self.0.push(value.to_le_bytes()[0]);
    }

    /// A whole number.
    pub(crate) fn int(mut self, field: u64, value: usize) -> Self {
        self.varint(field << 3);
        self.varint(value as u64);
        self
    }

    /// Bytes, text or a message.
    pub(crate) fn bytes(mut self, field: u64, value: impl AsRef<[u8]>) -> Self {
        self.varint(field << 3 | 2);
        self.varint(value.as_ref().len() as u64);
        self.0.extend(value.as_ref());
        self
    }
}

/// `TensorProto` of 32-bit floats.
pub(crate) fn tensor(name: &str, shape: &[usize], values: &[f32]) -> Message {
    let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let tensor = shape.iter().fold(Message::default(), |tensor, n| tensor.int(1, *n));
    tensor.int(2, 1).bytes(8, name).bytes(9, raw)
}

/// `NodeProto` with whole-numbered attributes, single ones or lists of several.
pub(crate) fn node(
    operator: &str,
    inputs: &[&str],
    output: &str,
    attributes: &[(&str, &[usize])],
) -> Message {
    let node = inputs.iter().fold(Message::default(), |node, input| node.bytes(1, input));
    let node = node.bytes(2, output).bytes(3, output).bytes(4, operator);
    attributes.iter().fold(node, |node, (name, values)| {
        let attribute = Message::default().bytes(1, name);
        let attribute = match values {
            [value] => attribute.int(3, *value).int(20, 2),
            list => list.iter().fold(attribute, |attribute, value| attribute.int(8, *value)).int(20, 7),
        };
        node.bytes(5, attribute.0)
    })
}

/// `ValueInfoProto` of 32-bit floats; a dimension of 0 is left open.
pub(crate) fn value(name: &str, shape: &[usize]) -> Message {
    let shape = shape.iter().fold(Message::default(), |shape, n| {
        let dimension = Message::default();
        shape.bytes(1, if *n == 0 { dimension.bytes(2, "N") } else { dimension.int(1, *n) }.0)
    });
    let tensor = Message::default().int(1, 1).bytes(2, shape.0);
    Message::default().bytes(1, name).bytes(2, Message::default().bytes(1, tensor.0).0)
}

/// `ModelProto` of operator set 13.
pub(crate) fn model(graph: &Message) -> Vec<u8> {
    let operators = Message::default().bytes(1, "").int(2, 13);
    Message::default().int(1, 8).bytes(2, "tallyproof").bytes(7, &graph.0).bytes(8, operators.0).0
}

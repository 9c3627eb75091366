package docs_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"heureka/wire"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// TestTheSchemaIsTheCode has the protobuf library read, with docs/heureka.proto,
// what package wire writes, and package wire what the library writes: every field
// is known, has its type, and says the same.
func TestTheSchemaIsTheCode(t *testing.T) {
	file := schema(t)
	frameType := file.Messages().ByName("Frame")
	seen := make(map[string]bool) // fields, as Message.field
	for i, line := range goldenLines(t) {
		m, err := wire.DecodeJSON(line)
		if err != nil {
			t.Fatal(err)
		}
		sent, err := wire.FormatProto.Append(nil, m)
		if err != nil {
			t.Fatal(err)
		}
		frame := dynamicpb.NewMessage(frameType)
		if err := proto.Unmarshal(sent, frame); err != nil {
			t.Fatalf("line %d, %s: %v", i+1, m.Type(), err)
		}
		walk(t, frame, seen)
		message := frame.Get(frameType.Fields().ByNumber(1)).List().Get(0).Message()
		content := message.WhichOneof(message.Descriptor().Oneofs().Get(0))
		if content == nil || string(content.Name()) != m.Type() {
			t.Errorf("line %d, a %s, is a %v", i+1, m.Type(), content)
			continue
		}
		back, err := proto.Marshal(frame)
		if err != nil {
			t.Fatal(err)
		}
		for got, refused := range wire.FormatProto.Messages(back) {
			if refused != nil {
				t.Fatalf("line %d, %s: %v", i+1, m.Type(), refused)
			}
			if text, err := wire.AppendJSON(nil, got); err != nil || !bytes.Equal(text, line) {
				t.Errorf("line %d comes back as\n%s, %v", i+1, text, err)
			}
		}
	}
	for i := range file.Messages().Len() {
		m := file.Messages().Get(i)
		for j := range m.Fields().Len() {
			name := string(m.Name()) + "." + string(m.Fields().Get(j).Name())
			if !seen[name] {
				t.Errorf("no message that was written has %s", name)
			}
		}
	}
}

// goldenLines are the lines that package wire is tested with, each with its end.
func goldenLines(t *testing.T) [][]byte {
	text, err := os.ReadFile("../wire/testdata/messages.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(bytes.Lines(text))
}

// walk notes the fields that a message has, and complains of those that the
// schema doesn't know.
func walk(t *testing.T, m protoreflect.Message, seen map[string]bool) {
	t.Helper()
	if unknown := m.GetUnknown(); len(unknown) > 0 {
		t.Errorf("the schema doesn't know %x in %s", unknown, m.Descriptor().Name())
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		seen[string(m.Descriptor().Name())+"."+string(f.Name())] = true
		switch {
		case f.IsMap() || f.Kind() != protoreflect.MessageKind:
		case f.IsList():
			for i := range v.List().Len() {
				walk(t, v.List().Get(i).Message(), seen)
			}
		default:
			walk(t, v.Message(), seen)
		}
		return true
	})
}

// schema reads docs/heureka.proto as far as it goes: messages of fields, one
// oneof, maps of texts.
func schema(t *testing.T) protoreflect.FileDescriptor {
	t.Helper()
	text, err := os.ReadFile("heureka.proto")
	if err != nil {
		t.Fatal(err)
	}
	set := &descriptorpb.FileDescriptorProto{Name: proto.String("heureka.proto"), Syntax: proto.String("proto3")}
	p := schemaParser{file: set}
	for i, line := range strings.Split(string(text), "\n") {
		line, _, _ = strings.Cut(line, "//")
		if line = strings.TrimSpace(line); line != "" {
			if err := p.line(line); err != nil {
				t.Fatalf("heureka.proto, line %d: %v", i+1, err)
			}
		}
	}
	file, err := protodesc.NewFile(set, nil)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

type schemaParser struct {
	file    *descriptorpb.FileDescriptorProto
	message *descriptorpb.DescriptorProto
	oneof   bool
}

var (
	messageLine = regexp.MustCompile(`^message (\w+) \{$`)
	packageLine = regexp.MustCompile(`^package ([\w.]+);$`)
	fieldLine   = regexp.MustCompile(`^(repeated )?(map<string, string>|\w+) (\w+) = (\d+);$`)
)

func (p *schemaParser) line(line string) error {
	if m := messageLine.FindStringSubmatch(line); m != nil && p.message == nil {
		p.message = &descriptorpb.DescriptorProto{Name: &m[1]}
		p.file.MessageType = append(p.file.MessageType, p.message)
		return nil
	}
	if m := packageLine.FindStringSubmatch(line); m != nil {
		p.file.Package = &m[1]
		return nil
	}
	if m := fieldLine.FindStringSubmatch(line); m != nil && p.message != nil {
		return p.field(m[1] != "", m[2], m[3], m[4])
	}
	switch {
	case line == `syntax = "proto3";`:
	case line == "oneof content {" && p.message != nil:
		p.oneof = true
		p.message.OneofDecl = []*descriptorpb.OneofDescriptorProto{{Name: proto.String("content")}}
	case line == "}" && p.oneof:
		p.oneof = false
	case line == "}" && p.message != nil:
		p.message = nil
	default:
		return fmt.Errorf("%q isn't understood", line)
	}
	return nil
}

var scalars = map[string]descriptorpb.FieldDescriptorProto_Type{
	"string": descriptorpb.FieldDescriptorProto_TYPE_STRING, "bool": descriptorpb.FieldDescriptorProto_TYPE_BOOL,
	"int64": descriptorpb.FieldDescriptorProto_TYPE_INT64, "uint64": descriptorpb.FieldDescriptorProto_TYPE_UINT64,
	"uint32": descriptorpb.FieldDescriptorProto_TYPE_UINT32, "fixed64": descriptorpb.FieldDescriptorProto_TYPE_FIXED64,
}

func (p *schemaParser) field(repeated bool, kind, name, number string) error {
	n, err := strconv.ParseInt(number, 10, 32)
	if err != nil {
		return err
	}
	f := &descriptorpb.FieldDescriptorProto{
		Name: &name, Number: proto.Int32(int32(n)), JsonName: &name,
		Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
	}
	if repeated {
		f.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
	}
	if p.oneof {
		f.OneofIndex = proto.Int32(0)
	}
	if scalar, ok := scalars[kind]; ok {
		f.Type = scalar.Enum()
	} else {
		if strings.HasPrefix(kind, "map") {
			kind = p.entry(name)
			f.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
		}
		f.Type = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum()
		f.TypeName = proto.String("." + p.file.GetPackage() + "." + kind)
	}
	p.message.Field = append(p.message.Field, f)
	return nil
}

// entry adds the message that protocol buffers make of a map, and returns its name.
func (p *schemaParser) entry(field string) string {
	name := strings.ToUpper(field[:1]) + field[1:] + "Entry"
	texts := func(name string, number int32) *descriptorpb.FieldDescriptorProto {
		return &descriptorpb.FieldDescriptorProto{
			Name: &name, JsonName: &name, Number: &number, Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(),
			Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		}
	}
	p.message.NestedType = append(p.message.NestedType, &descriptorpb.DescriptorProto{
		Name: &name, Field: []*descriptorpb.FieldDescriptorProto{texts("key", 1), texts("value", 2)},
		Options: &descriptorpb.MessageOptions{MapEntry: proto.Bool(true)},
	})
	return p.message.GetName() + "." + name
}

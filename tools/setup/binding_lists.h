// Gives the tfjs binding what it lacks for some ops of TensorFlow: attributes that are lists of texts
// or of types. It is included before the binding's own code, and takes the place of two functions of
// TensorFlow's C interface there: for an attribute whose name ends in "[]", a text is taken apart at
// its commas, and a type stands for a list of one.
#include <algorithm>
#include <string>
#include <vector>

#include "tensorflow/c/eager/c_api.h"

// The name without "[]"; empty where it is not the name of a list.
inline std::string ListName(const char* name) {
  const std::string text(name);
  const auto end = text.rfind("[]");
  return end == std::string::npos ? "" : text.substr(0, end);
}

inline void SetString(TFE_Op* op, const char* name, const void* value, size_t length) {
  const std::string list = ListName(name), text(static_cast<const char*>(value), length);
  if (list.empty()) return TFE_OpSetAttrString(op, name, value, length);
  std::vector<const void*> parts;
  std::vector<size_t> lengths;
  for (size_t start = 0; start < text.size(); start += lengths.back() + 1) {
    parts.push_back(text.data() + start);
    lengths.push_back(std::min(text.find(',', start), text.size()) - start);
  }
  TFE_OpSetAttrStringList(op, list.c_str(), parts.data(), lengths.data(), parts.size());
}

inline void SetType(TFE_Op* op, const char* name, TF_DataType value) {
  const std::string list = ListName(name);
  if (list.empty()) return TFE_OpSetAttrType(op, name, value);
  TFE_OpSetAttrTypeList(op, list.c_str(), &value, 1);
}

#define TFE_OpSetAttrString SetString
#define TFE_OpSetAttrType SetType

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "reconciler/secrets/go_scalar.h"

namespace slipway::secrets {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool Take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// A number of `least` to `most` digits; -1 when there is none.
  int Number(size_t least, size_t most) {
    size_t digits = 0;
    int number = 0;
    while (digits < most && digits < rest_.size() && IsDigit(rest_[digits]))
      number = number * 10 + (rest_[digits++] - '0');
    if (digits < least) return -1;
    rest_.remove_prefix(digits);
    return number;
  }
  std::string_view Digits() {
    size_t digits = 0;
    while (digits < rest_.size() && IsDigit(rest_[digits])) ++digits;
    const std::string_view taken = rest_.substr(0, digits);
    rest_.remove_prefix(digits);
    return taken;
  }
  bool AtFraction() const {
    return rest_.size() > 1 && (rest_[0] == '.' || rest_[0] == ',') && IsDigit(rest_[1]);
  }
  void Skip() { rest_.remove_prefix(1); }
  bool AtEnd() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

int DaysIn(int month, int year) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

struct Time {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::string fraction;  ///< at most nine digits, no zeros at the end
  int zone = 0;          ///< minutes
};

/// `Z` or ±hh:mm.
bool TakeZone(Scanner& scanner, Time& time) {
  if (scanner.Take('Z')) return true;
  const bool west = scanner.Take('-');
  if (!west && !scanner.Take('+')) return false;
  const int hours = scanner.Number(2, 2);
  if (hours < 0 || hours > 24 || !scanner.Take(':')) return false;
  const int minutes = scanner.Number(2, 2);
  if (minutes < 0 || minutes > 60) return false;
  time.zone = (west ? -1 : 1) * (hours * 60 + minutes);
  return true;
}

bool TakeClock(Scanner& scanner, size_t least, Time& time) {
  time.hour = scanner.Number(least, 2);
  if (time.hour < 0 || time.hour > 23 || !scanner.Take(':')) return false;
  time.minute = scanner.Number(least, 2);
  if (time.minute < 0 || time.minute > 59 || !scanner.Take(':')) return false;
  time.second = scanner.Number(least, 2);
  if (time.second < 0 || time.second > 59) return false;
  if (!scanner.AtFraction()) return true;
  scanner.Skip();
  time.fraction = scanner.Digits().substr(0, 9);
  while (time.fraction.ends_with('0')) time.fraction.pop_back();
  return true;
}

std::optional<Time> Parse(std::string_view text, TimeForm form) {
  Scanner scanner(text);
  Time time;
  const size_t least = form == TimeForm::kRfc3339 ? 2 : 1;
  time.year = scanner.Number(4, 4);
  if (time.year < 0 || !scanner.Take('-')) return std::nullopt;
  time.month = scanner.Number(least, 2);
  if (time.month < 1 || time.month > 12 || !scanner.Take('-')) return std::nullopt;
  time.day = scanner.Number(least, 2);
  if (time.day < 1 || time.day > DaysIn(time.month, time.year)) return std::nullopt;
  if (scanner.AtEnd()) return form == TimeForm::kYaml ? std::optional(time) : std::nullopt;
  const bool lenient = form == TimeForm::kYaml;
  const bool zoned = scanner.Take('T') || (lenient && scanner.Take('t'));
  if (!zoned && !(lenient && scanner.Take(' '))) return std::nullopt;
  if (!TakeClock(scanner, least, time)) return std::nullopt;
  if (zoned && !TakeZone(scanner, time)) return std::nullopt;
  if (!scanner.AtEnd()) return std::nullopt;
  return time;
}

}  // namespace

std::optional<std::string> NormaliseTime(std::string_view text, TimeForm form, Fraction fraction) {
  const auto time = Parse(text, form);
  if (!time) return std::nullopt;
  char buffer[80];
  std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02dT%02d:%02d:%02d", time->year, time->month, time->day,
                time->hour, time->minute, time->second);
  std::string out = buffer;
  if (fraction == Fraction::kKeep && !time->fraction.empty()) out += '.' + time->fraction;
  if (time->zone == 0) return out + 'Z';
  const int minutes = std::abs(time->zone);
  std::snprintf(buffer, sizeof buffer, "%c%02d:%02d", time->zone < 0 ? '-' : '+', minutes / 60, minutes % 60);
  return out + buffer;
}

}  // namespace slipway::secrets

// The stable words of the journal, and what a machine's console shows.
#include "bootnet/catalog/decide.h"

namespace slipway {

std::string_view ToString(Reason reason) {
  switch (reason) {
    case Reason::kApproved:
      return "Approved";
    case Reason::kHost:
      return "Host";
    case Reason::kUnidentified:
      return "Unidentified";
    case Reason::kUnknownMachine:
      return "UnknownMachine";
    case Reason::kBlocked:
      return "Blocked";
    case Reason::kNotYourScript:
      return "NotYourScript";
    case Reason::kNotYourConfig:
      return "NotYourConfig";
    case Reason::kConfigOverTftp:
      return "ConfigOverTftp";
    case Reason::kNotFound:
      return "NotFound";
    case Reason::kNothingServed:
      return "NothingServed";
    case Reason::kNoBootFile:
      return "NoBootFile";
    case Reason::kUnsupportedArch:
      return "UnsupportedArch";
    case Reason::kRaspberryPi:
      return "RaspberryPi";
    case Reason::kWindow:
      return "Window";
    case Reason::kWindowClosed:
      return "WindowClosed";
    case Reason::kInstalled:
      return "Installed";
    case Reason::kWipe:
      return "Wipe";
    case Reason::kWipeHeld:
      return "WipeHeld";
    case Reason::kDone:
      return "Done";
  }
  return "NotFound";
}

std::string_view ConsoleText(Reason reason) {
  switch (reason) {
    case Reason::kUnknownMachine:
      return "Slipway: not approved in Git";
    case Reason::kBlocked:
      return "Slipway: blocked by operator";
    case Reason::kNotYourScript:
    case Reason::kNotYourConfig:
      return "Slipway: another node's MAC";
    case Reason::kUnidentified:
    case Reason::kWindowClosed:
      return "Slipway: window closed, reboot";
    case Reason::kNothingServed:
      return "Slipway: no revision served yet";
    case Reason::kNotFound:
      return "Slipway: no such file";
    default:
      return "Slipway: refused, see the page";
  }
}

}  // namespace slipway

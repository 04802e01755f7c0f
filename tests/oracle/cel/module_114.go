//go:build talos114

package main

import "github.com/siderolabs/talos/pkg/machinery/cel/celenv"

func init() { environments["member"] = celenv.MemberVolumeLocator }

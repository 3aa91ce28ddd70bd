// Runs a command and writes to file descriptor 3 what the whole process took. Node cannot ask this about one child, and the highest memory of a process
// starts with that of the process that it was forked from: this one is small.
package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

type usage struct {
	WallMs float64 `json:"wallMs"`
	CPUMs  float64 `json:"cpuMs"`
	RSSMb  float64 `json:"rssMb"`
}

func main() {
	report := os.NewFile(3, "report")
	syscall.CloseOnExec(3)
	command := exec.Command(os.Args[1], os.Args[2:]...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr

	start := time.Now()
	err := command.Run()
	wall := time.Since(start)

	if command.ProcessState == nil {
		println(err.Error())
		os.Exit(127)
	}
	of := command.ProcessState.SysUsage().(*syscall.Rusage)
	took := usage{
		WallMs: milliseconds(wall),
		CPUMs:  milliseconds(command.ProcessState.UserTime() + command.ProcessState.SystemTime()),
		RSSMb:  float64(of.Maxrss) * bytesOfMaxrss() / (1 << 20),
	}
	if json.NewEncoder(report).Encode(took) != nil {
		os.Exit(126)
	}
	if err != nil {
		os.Exit(1)
	}
}

func milliseconds(of time.Duration) float64 {
	return float64(of.Microseconds()) / 1000
}

// Linux counts in KiB, macOS in bytes.
func bytesOfMaxrss() float64 {
	if runtime.GOOS == "darwin" {
		return 1
	}
	return 1 << 10
}

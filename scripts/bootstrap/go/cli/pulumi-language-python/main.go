// Command pulumi-language-python starts the language host beside it with the virtual environment of the project.
//
// That host is of v3.79.0, see ../../language_host/go.mod. It takes the virtual environment as a flag. Today's CLI sends
// the options of Pulumi.yaml with each request instead, where that host does not look.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

func main() {
	err := start()
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// start becomes the host. It returns only if that is not possible.
func start() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	command := []string{self + "-host"}
	environment, err := virtualEnvironment()
	if err != nil {
		return err
	}
	if environment != "" {
		command = append(command, "-virtualenv="+environment)
	}
	return syscall.Exec(command[0], append(command, os.Args[1:]...), os.Environ())
}

// virtualEnvironment returns the virtual environment of the project as today's host finds it; none for the Python on
// PATH.
func virtualEnvironment() (string, error) {
	program, err := os.Getwd() // the CLI starts language hosts in the folder of the program
	if err != nil {
		return "", err
	}
	file, err := workspace.DetectProjectPathFrom(program)
	if err != nil || file == "" {
		return "", err
	}
	project, err := workspace.LoadProject(file)
	if err != nil {
		return "", err
	}
	named := project.Runtime.Options()
	options := toolchain.PythonOptions{Root: filepath.Dir(file), ProgramDir: program}
	options.Virtualenv, _ = named["virtualenv"].(string)
	switch named["toolchain"] {
	case "pip":
		options.Toolchain = toolchain.Pip
	case "poetry":
		options.Toolchain = toolchain.Poetry
	case "uv":
		options.Toolchain = toolchain.Uv
	}
	chosen, err := toolchain.ResolveToolchain(options)
	if err != nil {
		return "", err
	}
	environment, err := chosen.VirtualEnvPath(context.Background())
	if err != nil || environment == "" {
		return "", err
	}
	return environment, usable(environment, options.Virtualenv != "")
}

// usable says what the host does not. It creates only an environment that Pulumi.yaml names, and it asks pip which
// packages are installed; uv and Poetry install none.
func usable(environment string, named bool) error {
	python := filepath.Join(environment, "bin", "python")
	if _, err := os.Stat(python); errors.Is(err, fs.ErrNotExist) {
		if named {
			return nil
		}
		return fmt.Errorf("virtual environment %s does not exist: create it, for example with `uv sync`", environment)
	}
	if err := exec.Command(python, "-c", "import pip").Run(); err != nil {
		return fmt.Errorf("virtual environment %s has no pip, which this language host needs: install it there", environment)
	}
	return nil
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// disk holds the data: a folder for each volume and each snapshot, named by its
// handle. Its record of what was destroyed is the ground truth of safety tests.
type disk struct {
	root string
}

const (
	volumes   = "volumes"
	snapshots = "snapshots"
)

func (d *disk) path(kind, handle string) string {
	return filepath.Join(d.root, kind, filepath.Base(handle))
}

// create makes a folder, a copy of the one at source unless that is empty, with
// a file that says whose it is. One that exists is kept as it is.
func (d *disk) create(kind, handle, source, owner string) error {
	path := d.path(kind, handle)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	// Complete or absent: a copy that was cut short must not pass for one.
	partial := path + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	if err := os.MkdirAll(partial, 0o755); err != nil {
		return err
	}
	if source != "" {
		if err := os.CopyFS(partial, without(source, ownerFile)); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(partial, ownerFile), []byte(owner+"\n"), 0o644); err != nil {
		return err
	}
	return os.Rename(partial, path)
}

const ownerFile = ".owner"

// destroy removes a folder and records it. A folder that is gone was recorded
// when it went, so a repeated call changes nothing.
func (d *disk) destroy(kind, handle string, entry destruction) error {
	path := d.path(kind, handle)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	// Recorded first: a crash in between must not lose the line.
	if err := d.record(entry); err != nil {
		return err
	}
	return os.RemoveAll(path)
}

// destruction is a line of destroyed.log.
type destruction struct {
	name  string // Of the volume; of a snapshot after the word "snapshot".
	owner string // The claim or VolumeSnapshot, as namespace/name.
	uid   string // The owner's.
}

func (d *disk) record(entry destruction) error {
	log, err := os.OpenFile(filepath.Join(d.root, "destroyed.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	// One write, so that a reader never sees half a line.
	_, err = fmt.Fprintf(log, "%s\t%s\t%s\t%s\n",
		entry.name, entry.owner, entry.uid, time.Now().UTC().Format(time.RFC3339Nano))
	return err
}

// hiding is a folder without the file of one name.
type hiding struct {
	fs.FS
	name string
}

func without(folder, name string) fs.FS { return hiding{os.DirFS(folder), name} }

func (h hiding) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(h.FS, name)
	kept := entries[:0]
	for _, entry := range entries {
		if entry.Name() != h.name {
			kept = append(kept, entry)
		}
	}
	return kept, err
}

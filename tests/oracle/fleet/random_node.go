package main

import (
	"fmt"
	"strings"
)

func randomNode(d dice, f *fleet, number int, n *node) {
	minor := minorOf(f.versionOf(*n))
	n.arch = d.oneOf("", "amd64", "arm64")
	for i := 0; i <= d.Intn(3); i++ {
		n.macs = append(n.macs, fmt.Sprintf("52:54:00:%02x:%02x:%02x", d.Intn(256), number, i))
	}
	if d.rarely() {
		n.uuid = fmt.Sprintf("4c4c4544-0044-4a10-8034-b2c04f4b3%03d", number)
	}
	if d.rarely() {
		n.serial = fmt.Sprintf("SN-%04d", number)
	}
	if d.maybe() {
		n.marks = object{"rack": d.oneOf("a1", "b2"), "row": "7"}
	}
	n.hostname = n.name
	if d.rarely() {
		n.hostname = fmt.Sprintf("host-%d.example.org", number)
	}
	if d.maybe() {
		n.addresses = []string{fmt.Sprintf("10.0.128.%d/24", number+1)}
		if d.maybe() {
			n.addresses = append(n.addresses, fmt.Sprintf("10.9.0.%d/16", number+1))
		}
		n.gateway = "10.0.128.1"
	}
	if d.maybe() {
		n.nameservers = []string{"10.0.128.1", "1.1.1.1"}[:1+d.Intn(2)]
	}
	if d.rarely() && minor >= 10 {
		n.domains = []string{"example.org"}
	}
	n.interfaces = randomInterfaces(d, minor, n.role, number)
	n.randomInstall(d, f)
	if d.maybe() {
		n.labels = object{"zone": d.oneOf("a", "b"), "example.org/rack": "r1"}
	}
	if d.rarely() {
		n.annotations = object{"example.org/note": "some words"}
	}
	if d.rarely() {
		n.taints = object{"gpu": "true:NoSchedule"}
	}
	for _, name := range []string{"data", "EPHEMERAL", "STATE"} {
		if d.rarely() && (name != "data" || minor >= 10) {
			n.volumes = append(n.volumes, randomVolume(d, name, minor))
		}
	}
	for d.rarely() {
		n.patches = append(n.patches, f.randomPatch(d))
	}
}

func (n *node) randomInstall(d dice, f *fleet) {
	switch d.Intn(3) {
	case 0:
		n.disk = d.oneOf("/dev/nvme0n1", "/dev/disk/by-id/x")
	case 1:
		if minorOf(f.versionOf(*n)) >= 14 && d.maybe() {
			n.selector = object{"match": d.oneOf("disk.rotational && !system_disk", `glob("Samsung*", disk.model) && disk.size > 100u * GB`)}
			break
		}
		n.selector = object{"type": d.oneOf("nvme", "ssd", "hdd", "sd"), "size": ">= 100GB"}
		for _, key := range []string{"model", "serial", "modalias", "uuid", "wwid", "busPath"} {
			d.sometimes(n.selector, key, d.oneOf("/sys/x", "Samsung*"))
		}
	}
	n.install = object{}
	if d.maybe() {
		n.install["revision"] = 1 + d.Intn(3)
		if n.disk != "" && n.role == "worker" && d.maybe() {
			n.wipe = object{"disks": []string{n.disk}, "until": "2099-12-24"}
		}
	}
	exits := []object{{"method": "exit"}, {"method": "sanboot", "drive": 129}, {"method": "efi", "file": `\EFI\BOOT\BOOTX64.EFI`}}
	d.sometimes(n.install, "exit", exits[d.Intn(len(exits))])
	if d.rarely() {
		n.loader = d.oneOf("ipxe", "grub")
	}
	switch d.Intn(6) {
	case 0:
		n.image = "registry.example.org/installer:" + f.versionOf(*n)
	case 1:
		n.schematic = strings.Repeat("c", 64)
	}
}

// randomVolume of that name, as a release can have it.
func randomVolume(d dice, name string, minor int) object {
	volume := object{"name": name}
	user := name == "data"
	if user && minor >= 12 {
		d.sometimes(volume, "volumeType", d.oneOf("partition", "disk", "directory"))
	}
	if volume["volumeType"] == "directory" {
		return volume
	}
	if name != "STATE" {
		if user || d.rarely() {
			volume["diskSelector"] = object{"match": d.oneOf("!system_disk", `disk.transport == "nvme" && disk.size > 100u * GB`)}
		}
		if volume["volumeType"] != "disk" {
			volume["minSize"] = "10GiB"
			d.sometimes(volume, "grow", d.maybe())
			sizes := []string{"100GiB"}
			if minor >= 12 {
				sizes = append(sizes, "80%")
			}
			if minor >= 13 {
				sizes = append(sizes, "-10GiB")
			}
			if d.maybe() {
				volume["maxSize"] = d.oneOf(sizes...)
			}
		}
	}
	if user && d.maybe() {
		filesystem := object{"type": d.oneOf("xfs", "ext4")}
		if minor >= 11 && filesystem["type"] == "xfs" {
			d.sometimes(filesystem, "projectQuotaSupport", true)
		}
		volume["filesystem"] = filesystem
	}
	if name == "STATE" || (d.maybe() && (name != "IMAGECACHE" || minor >= 11)) {
		volume["encryption"] = randomEncryption(d, name, minor)
	}
	if name == "IMAGECACHE" && minor < 9 {
		volume["name"] = "EPHEMERAL"
		delete(volume, "encryption")
	}
	return volume
}

func randomEncryption(d dice, name string, minor int) object {
	var keys []object
	documents := minor >= 11 || name == "data"
	for slot := 0; slot <= d.Intn(3); slot++ {
		key := object{"slot": slot}
		switch d.Intn(4) {
		case 0:
			key["nodeID"] = object{}
		case 1:
			key["static"] = object{"passphrase": "correct horse"}
		case 2:
			key["kms"] = object{"endpoint": "https://kms.example.org:4050"}
		default:
			tpm := object{}
			d.sometimes(tpm, "checkSecurebootStatusOnEnroll", true)
			if documents && minor >= 12 {
				d.sometimes(tpm, "options", object{"pcrs": []int{0, 7}})
			}
			key["tpm"] = tpm
		}
		if documents && minor >= 11 && name != "STATE" {
			d.sometimes(key, "lockToState", true)
		}
		keys = append(keys, key)
	}
	encryption := object{"keys": keys}
	d.sometimes(encryption, "provider", "luks2")
	d.sometimes(encryption, "cipher", "aes-xts-plain64")
	d.sometimes(encryption, "keySize", 512)
	d.sometimes(encryption, "blockSize", 4096)
	d.sometimes(encryption, "options", []string{"no_read_workqueue", "no_write_workqueue"})
	return encryption
}

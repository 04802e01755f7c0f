"""Runs simulated machines in the namespace that it is started in, all at once, and prints what became of them as JSON.

    storm.py GENERATION PROGRAM RELAY SERVER SECONDS   with "MAC ADDRESS" lines on standard input

GENERATION is the published folder, SECONDS the time within which their power comes on."""
import asyncio
import json
import os
import resource
import sys
import time

from machine import Failed, Machine, Relay


class Published:
    def __init__(self, folder, program):
        self.folder, self.cache, self.program = folder, {}, self.read(program)

    @staticmethod
    def read(path):
        with open(path, "rb") as file:
            return file.read()

    def published(self, path):
        return self.read(os.path.join(self.folder, path))

    def asset(self, url):
        path = url[url.index("/assets/") + 1:]
        if path not in self.cache:
            self.cache[path] = self.published(path)
        return self.cache[path]


async def live(machine, neighbour, site, delay):
    """What it was given, or why it failed."""
    await asyncio.sleep(delay)
    machine.began = time.monotonic()
    try:
        script = await machine.boot(site)
        result = {"mac": machine.mac, "stages": machine.stages, "script": script}
        if neighbour and "talos.config=" in script:
            name = neighbour.mac.replace(":", "-")
            base = script[script.index("talos.config=") + 13:].split("/talos/")[0]
            status, _ = await machine.get("%s/talos/configs/%s.yaml" % (base, name))
            result["neighbour"] = status
    except (Failed, OSError, EOFError, asyncio.TimeoutError, KeyError, ValueError) as problem:
        return {"mac": machine.mac, "stages": machine.stages,
                "failed": "%s: %s" % (type(problem).__name__, problem)}
    finally:
        machine.close()
    return result


async def storm(generation, program, relay_address, server, seconds, lines):
    site, relay = Published(generation, program), Relay(relay_address, server)
    machines = [Machine(relay, *line.split()) for line in lines]
    began = time.monotonic()
    results = await asyncio.gather(*(
        live(machine, machines[i - 1] if len(machines) > 1 else None, site, float(seconds) * i / len(machines))
        for i, machine in enumerate(machines)))
    relay.close()
    print(json.dumps({"seconds": time.monotonic() - began, "machines": results}))


if __name__ == "__main__":
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    asyncio.run(storm(*sys.argv[1:6], sys.stdin.read().splitlines()))

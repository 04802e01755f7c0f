"""Power comes back: all machines of a site boot at once, behind a relay. None fails, and none gets another's config."""
import collections
import os
import statistics
import sys
import unittest

from site_of_storm import Lan, Site, mac

COUNT = 1000 if os.environ.get("SLIPWAY_TEST_ALL") == "yes" else 50
POWER_SECONDS = 1


class Storm(unittest.TestCase):
    def test_every_machine_reaches_its_own_config(self):
        with Lan() as lan:
            site = Site(lan, COUNT)
            site.start()
            self.assertEqual(len({site.config_of(i) for i in range(COUNT)}), COUNT, "configs that differ")
            got = site.boot(range(COUNT), POWER_SECONDS)
            failed = collections.Counter(result["failed"] for result in got["machines"] if "failed" in result)
            self.assertEqual(failed, {}, "of %d machines, within %.1f s" % (COUNT, got["seconds"]))
            self.assertEqual({result["mac"]: result["script"] for result in got["machines"]},
                             {mac(i): site.script_of(i) for i in range(COUNT)})
            self.assertEqual({result["neighbour"] for result in got["machines"]}, {403}, "status of a neighbour's config")
            with open(site.log) as log:
                self.assertNotIn('"outcome":"failed"', log.read())
            times = sorted(result["stages"]["config"] for result in got["machines"])
            print("%d machines from power-on to config in %.1f s (one: median %.1f s, slowest %.1f s)" % (
                COUNT, got["seconds"], statistics.median(times), times[-1]), file=sys.stderr)


if __name__ == "__main__":
    unittest.main()

"""The checks themselves: each must find the breach it is there for, in a tree made for it."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parent


class Checks(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="occam-checks-")
        self.addCleanup(self.folder.cleanup)
        self.root = Path(self.folder.name)
        self.write("tests/layers.txt", (TESTS / "layers.txt").read_text())

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def check(self, name):
        done = subprocess.run([str(TESTS / name), "--root", str(self.root)], capture_output=True,
                              text=True)
        return done.returncode, done.stdout

    def assert_breach(self, check, words):
        code, said = self.check(check)
        self.assertEqual(code, 1, said)
        self.assertIn(words, said)

    def test_clean_tree_passes(self):
        self.write("proxy/wire/frame.hpp", '#include "proxy/wire/bytes.hpp"\n#include <span>\n')
        self.assertEqual(self.check("check_layers")[0], 0)
        self.assertEqual(self.check("check_house")[0], 0)

    def test_arrow_upwards(self):
        self.write("proxy/wire/frame.cpp", '#include "proxy/relay/relay.hpp"\n')
        self.assert_breach("check_layers", 'proxy/wire may not include "proxy/relay/relay.hpp"')

    def test_sibling_rewrites_do_not_know_each_other(self):
        self.write("rewriter/statement.cpp", '#include "rewriter/locking.hpp"\n')
        self.assert_breach("check_layers", "rewriter/statement may not include")

    def test_emulator_knows_no_rewrites(self):
        self.write("emulator/session.cpp", '#include "rewriter/locking.hpp"\n')
        self.assert_breach("check_layers", "emulator may not include")

    def test_library_out_of_place(self):
        self.write("proxy/relay/relay.cpp", "#include <boost/asio.hpp>\n")
        self.assert_breach("check_layers", "<boost/asio.hpp> is only for")

    def test_pure_room_reads_no_clock(self):
        self.write("proxy/relay/retry.cpp", "auto t = std::chrono::steady_clock::now();\n")
        self.assert_breach("check_layers", "knows no clock")

    def test_file_without_room(self):
        self.write("stray/x.cpp", "int x;\n")
        self.assert_breach("check_layers", "no room")

    def test_long_file(self):
        self.write("proxy/session.cpp", "int x;\n" * 401)
        self.assert_breach("check_house", "401 lines")

    def test_empty_name(self):
        self.write("proxy/session.cpp", "class Session" + "Manager {};\n")
        self.assert_breach("check_house", "the name says nothing")

    def test_sleeping_test(self):
        self.write("tests/unit/x.cpp", "std::this_thread::sleep" + "_for(1s);\n")
        self.assert_breach("check_house", "waits by the clock")

    def test_path_of_one_machine(self):
        self.write("deploy/x", "cd " + "/ho" + "me/somebody/occam\n")
        self.assert_breach("check_house", "a path of one machine")

    def test_unfinished(self):
        self.write("proxy/x.cpp", "// " + "TO" + "DO: later\n")
        self.assert_breach("check_house", "unfinished")


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=2).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed else 0)

#!/usr/bin/env python3
"""Measures md5spec and its reference server against what they could be, and says so in ratios within one run.

usage: benchmark.py [--md5spec FILE] [--reference-server FILE] [--quick | --smoke] [--write FOLDER]

Takes a few minutes; --quick well under one, with less to go by; --smoke a few seconds, to see that everything still
works. --write puts the tables into FOLDER/performance.md, between its two marks, and the chart into
FOLDER/performance.svg. Times are told as wall time and as processor time: on a machine that has other things to do only
the second means much. Needs cc, libcrypto's headers and openssl.
"""

import argparse
import asyncio
import hashlib
import json
import os
import pathlib
import platform
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SERVERS = ROOT / "fixtures" / "servers"
PATIENCE = 900
MASK = (1 << 64) - 1


class Plan:
    """How much is measured."""

    def __init__(self, args):
        small = args.quick or args.smoke
        self.large = (1 << 20) * 17 if args.smoke else (1 << 28) if small else (1 << 32)
        self.seconds = 0.2 if args.smoke else 1 if small else 2
        self.rounds = 1 if small else 3
        self.busy = [1, 16] if args.smoke else [1, 64, 1000]
        self.idle = 200 if args.smoke else 10000
        self.starts = 3 if small else 15
        self.growth = [10, 40] if args.smoke else [100, 400, 1600]
        self.run_arguments = ["--profile", "line", "--only", "defaults.*"] if args.smoke else []


class Measured:
    """How a command ended, and what it took."""

    def __init__(self, status, out, wall, usage):
        self.status, self.out, self.wall = status, out, wall
        self.cpu = usage.ru_utime + usage.ru_stime  # with the processes that it waited for
        self.peak_mib = 0.0  # its own memory's largest size, as far as that was seen


class PeakWatch(threading.Thread):
    """Looks at a process's largest size until it ends. (wait4's figure begins with that of whoever started it.)"""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.mib = pid, 0.0
        self.start()

    def run(self):
        while (mib := peak_mib(self.pid)) is not None:
            self.mib = max(self.mib, mib)
            time.sleep(0.02)


def peak_mib(pid):
    try:
        found = re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return None
    return int(found[1]) / 1024 if found else None


def measure(*words, stdin=subprocess.DEVNULL):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MD5SPEC_", "GTEST_"))}
    with tempfile.TemporaryFile() as out:
        began = time.monotonic()
        process = subprocess.Popen([str(w) for w in words], stdin=stdin, stdout=out, stderr=subprocess.STDOUT,
                                   env=environment)
        timer = threading.Timer(PATIENCE, process.kill)
        timer.start()
        watch = PeakWatch(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode(errors="replace")
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: status {process.returncode}\n{text[-3000:]}")
    measured = Measured(process.returncode, text, wall, usage)
    watch.join()
    measured.peak_mib = watch.mib
    return measured


class Server:
    """A server process that prints where it listens."""

    def __init__(self, *words):
        self.process = subprocess.Popen([str(w) for w in words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        line = self.process.stdout.readline().decode()
        found = re.search(r":(\d+)", line)
        if not found:
            sys.exit(f"{words[0]} doesn't say where it listens: {line!r}")
        self.port = int(found[1])

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def own_memory(self):
        """Bytes of memory that are the process's own."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) * 1024

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.returncode is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        timer = threading.Timer(10, self.process.kill)
        timer.start()
        self.process.wait()
        timer.cancel()
        self.process.stdout.close()


def compiled(folder, name, *libraries):
    program = folder / name
    subprocess.run(["cc", "-O2", "-Wall", "-o", program, HERE / f"{name}.c", *libraries], check=True)
    return program


# --- 1: a whole run ---


async def exchange_all(port, cases):
    """A straightforward harness: a connection a case, its messages one after another, 16 cases at once."""
    places = asyncio.Semaphore(16)

    async def one(messages):
        async with places:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for message in messages:
                writer.write(message + b"\n")
                await writer.drain()
                reply = await reader.readexactly(33)
                if reply != hashlib.md5(message).hexdigest().encode() + b"\n":
                    raise AssertionError(reply)
            writer.write_eof()
            if await reader.read():
                raise AssertionError("bytes behind the reply")
            writer.close()

    await asyncio.gather(*(one(messages) for messages in cases))


def sequential_client(port, messages):
    """The client that it began with: a connection, and its messages one after another."""
    with socket.create_connection(("127.0.0.1", port)) as link:
        for message in messages:
            link.sendall(message)
            link.recv(1024)


def plain_cases(folder, name, count):
    """A case file of plain exchanges."""
    path = folder / f"{name}.yaml"
    path.write_text(f"group: {name}\nrequirement: DIG-1\nwhy: To be measured.\ncases:\n"
                    "  - name: case_{n}\n    message: {pattern: letters, size: \"{n}\"}\n"
                    f"    for: {{n: 1..{count}}}\n")
    return path


def whole_run(tools, plan, folder):
    report_path = folder / "run.json"
    run = min((measure(tools.md5spec, "run", *plan.run_arguments, "--report", report_path)
               for _ in range(plan.rounds)), key=lambda m: m.wall)
    report = json.loads(report_path.read_text())
    cases = [case["duration_us"] / 1e6 for one in report["runs"] for case in one["cases"]]
    waits = sum(one["waited_ms"] for one in report["runs"]) / 1000
    rows = [("cases carried out", f"{sum(1 for c in cases if c > 0)}"),
            ("wall time", f"{run.wall:.2f} s"),
            ("processor time, suite and servers", f"{run.cpu:.2f} s"),
            ("sum of the cases' waits", f"{waits:.2f} s"),
            ("longest single case", f"{max(cases):.2f} s"),
            ("wall time / longest single case", f"{run.wall / max(cases):.2f}"),
            ("wall time / sum of waits", f"{run.wall / waits:.2f}" if waits else "-")]

    count = plan.growth[-1]
    bench = plain_cases(folder, "plain", count)
    messages = [[b"x" * n] for n in range(1, count + 1)]
    with Server(tools.reference, "--listen", "line=127.0.0.1:0") as server:
        suite = min((measure(tools.md5spec, "run", "--target", f"127.0.0.1:{server.port}", "--profile", "line", "--cases",
                             bench, "--only", "plain.*", "--jobs", 16) for _ in range(plan.rounds)), key=lambda m: m.cpu)
        walls, cpus = [], []
        for _ in range(plan.rounds):
            began, spent = time.monotonic(), time.process_time()
            asyncio.run(exchange_all(server.port, messages))
            walls.append(time.monotonic() - began)
            cpus.append(time.process_time() - spent)
        rows += [(f"{count} plain exchanges: md5spec, judged and reported", f"{suite.wall:.2f} s, {suite.cpu:.2f} s of processor"),
                 ("the same by an asyncio harness, without its start", f"{min(walls):.2f} s, {min(cpus):.2f} s of processor"),
                 ("processor time, md5spec / asyncio", f"{suite.cpu / min(cpus):.2f}")]
    with Server(tools.reference, "--listen", "classic=127.0.0.1:0") as server:
        ten = [b"Hello, server!"] * 10
        walls = []
        for _ in range(plan.rounds * 5):
            began = time.monotonic()
            sequential_client(server.port, ten)
            walls.append(time.monotonic() - began)
        suite = [measure(tools.md5spec, "send", "--target", f"127.0.0.1:{server.port}").wall for _ in range(plan.rounds * 5)]
        rows.append(("ten messages: md5spec send, with its start / the original client's loop in Python, without",
                     f"{statistics.median(suite) * 1000:.1f} ms / {statistics.median(walls) * 1000:.1f} ms"))
    return rows


# --- 2: a large message ---


def scramble(x):
    x = x + 0x9E3779B97F4A7C15 & MASK
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ x >> 27) * 0x94D049BB133111EB & MASK
    return x ^ x >> 31


def letters():
    """The bytes that {pattern: letters, seed: 7} repeats."""
    start = scramble(scramble(7) ^ 0)
    words = b"".join(scramble(start + i & MASK).to_bytes(8, "little") for i in range(65521 // 8 + 1))
    return bytes(97 + byte * 26 // 256 for byte in words[:65521])


def openssl_md5(size):
    """How long openssl takes for the same bytes from a pipe, and what it says."""
    reading, writing = os.pipe()
    block = letters() * 4

    def write():
        with os.fdopen(writing, "wb", buffering=0) as pipe:
            left = size
            view = memoryview(block)
            while left > 0:
                part = view[:min(left, len(view))]
                left -= len(part)
                while part:
                    part = part[pipe.write(part):]

    writer = threading.Thread(target=write)
    writer.start()
    took = measure("openssl", "md5", stdin=reading)
    os.close(reading)
    writer.join()
    return took, took.out.split()[-1]


def large_message(tools, plan, folder):
    path = folder / "large.yaml"
    path.write_text("group: large\nrequirement: DIG-5\nwhy: To be measured.\ncases:\n"
                    f"  - {{name: one, message: {{pattern: letters, size: {plan.large}, seed: 7}}, tags: [huge], alone: true}}\n")
    report_path = folder / "large.json"
    ssl, digest = openssl_md5(plan.large)
    with Server(tools.reference, "--listen", "half_close=127.0.0.1:0") as server:
        run = measure(tools.md5spec, "run", "--target", f"127.0.0.1:{server.port}", "--profile", "half_close", "--cases", path,
                      "--only", "large.one", "--tags", "huge", "--report", report_path)
        server_cpu = server.cpu()
        server_peak = peak_mib(server.process.pid)
    case = json.loads(report_path.read_text())["runs"][0]["cases"][0]
    if case["outcome"] != "pass":
        sys.exit(f"the large message: {case}")
    # The same bytes? An independent program says so, where a wrong pin is an error.
    path.write_text(path.read_text().replace(", tags:", f", md5: \"{digest}\", tags:"))
    measure(tools.md5spec, "lint", path)
    took = case["duration_us"] / 1e6
    ssl_again, _ = openssl_md5(plan.large)
    best = min(ssl.wall, ssl_again.wall)
    return [("bytes", f"{plan.large}"),
            ("openssl md5, from a pipe", f"{best:.2f} s, {min(ssl.cpu, ssl_again.cpu):.2f} s of processor"),
            ("md5spec's case: sent, hashed by both sides, judged", f"{took:.2f} s"),
            ("ratio", f"{took / best:.2f}"),
            ("processor time: suite, server", f"{run.cpu:.2f} s, {server_cpu:.2f} s"),
            ("peak memory: suite, server", f"{run.peak_mib:.1f} MiB, {server_peak:.1f} MiB")]


# --- 3: the reference server ---


def servers(tools):
    return [("reference server, 1 thread", 33, lambda: Server(tools.reference, "--threads", "1", "--listen", "line=127.0.0.1:0")),
            ("epoll server in C, libcrypto", 33, lambda: Server(tools.epoll_server, "md5")),
            ("epoll echo in C: the limit", 33, lambda: Server(tools.epoll_server, "echo")),
            ("Python, asyncio", 33, lambda: Server(sys.executable, SERVERS / "python_asyncio.py", "line", "0")),
            ("Python, threads", 33, lambda: Server(sys.executable, SERVERS / "python_threads.py", "line", "0"))]


def exchanges(tools, plan):
    """Of each server and number of connections: exchanges a second of its processor time and of wall time, latencies."""
    results = {}
    for _ in range(plan.rounds):
        for name, reply, start in servers(tools):
            for connections in plan.busy:
                with start() as server:
                    # Messages of 32 bytes and their newline: an echo is as long as a reply.
                    before = server.cpu()
                    load = measure(tools.load, server.port, connections, plan.seconds, 32, reply)
                    spent = server.cpu() - before
                done, seconds, median, p99, _ = map(float, load.out.split())
                entry = (done / max(spent, 0.01), done / seconds, median, p99)
                if entry > results.get((name, connections), ()):
                    results[name, connections] = entry
    return results


# --- 4: idle connections, starting ---


def idle_memory(tools, plan):
    rows = []
    for name, _, start in servers(tools)[:2]:
        with start() as server:
            before = server.own_memory()
            load = subprocess.Popen([tools.load, str(server.port), str(plan.idle), "idle"], stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE)
            ready = load.stdout.readline()
            after = server.own_memory()
            load.communicate(timeout=60)
        if not ready:
            return [(f"{name}: {plan.idle} idle connections", "couldn't be opened (a limit of descriptors or ports?)")]
        rows.append((f"{name}: own memory for each of {plan.idle} idle connections", f"{(after - before) / plan.idle:.0f} bytes"))
    return rows


def starting(tools, plan):
    def best(*words):
        runs = [measure(*words) for _ in range(plan.starts)]
        return f"{min(r.wall for r in runs) * 1000:.0f} ms, {min(r.cpu for r in runs) * 1000:.0f} ms of processor"

    return [("md5spec --version: starting and linking", best(tools.md5spec, "--version")),
            ("md5spec list profiles: that, and reading the profiles", best(tools.md5spec, "list", "profiles")),
            ("md5spec list: that, and reading all cases", best(tools.md5spec, "list")),
            ("one case, with the reference server's start",
             best(tools.md5spec, "run", "--profile", "line", "--only", "defaults.hello_server"))]


# --- 5: growth ---


def growth(tools, plan, folder):
    rows = []
    with Server(tools.reference, "--listen", "line=127.0.0.1:0") as server:
        target = ["--target", f"127.0.0.1:{server.port}", "--profile", "line"]
        for count in plan.growth:
            path = plain_cases(folder, f"growth_{count}", count)
            best = min((measure(tools.md5spec, "run", *target, "--cases", path, "--only", f"growth_{count}.*")
                        for _ in range(plan.rounds)), key=lambda m: m.cpu)
            rows.append((f"{count} cases", f"{best.wall:.2f} s, {best.cpu:.2f} s of processor"))
        path = plain_cases(folder, "at_once", plan.growth[1])
        for jobs in (1, 4, 16, 64):
            best = min((measure(tools.md5spec, "run", *target, "--cases", path, "--only", "at_once.*", "--jobs", jobs)
                        for _ in range(plan.rounds)), key=lambda m: m.cpu)
            rows.append((f"{plan.growth[1]} cases, {jobs} connections at once", f"{best.wall:.2f} s, {best.cpu:.2f} s of processor"))
    return rows


# --- telling ---


def table(title, rows):
    return f"### {title}\n\n| | |\n|---|---|\n" + "".join(f"| {a} | {b} |\n" for a, b in rows) + "\n"


def exchange_table(results, plan):
    text = "### 3. Exchanges: the reference server and its peers\n\n"
    text += "Messages of 32 bytes under the profile `line`, each connection with one under way.\n\n"
    text += "| server | connections | exchanges a second of its processor | of the epoll server's | a second, wall | median | 99 % |\n"
    text += "|---|---|---|---|---|---|---|\n"
    for name in dict.fromkeys(name for name, _ in results):
        for connections in plan.busy:
            rate, wall, median, p99 = results[name, connections]
            peer = results["epoll server in C, libcrypto", connections][0]
            text += (f"| {name} | {connections} | {rate:,.0f} | {rate / peer:.2f} | {wall:,.0f} | {median:,.0f} µs | "
                     f"{p99:,.0f} µs |\n")
    return text + "\n"


def chart(results, plan):
    names = list(dict.fromkeys(name for name, _ in results))
    most = max(rate for rate, *_ in results.values())
    shades = ["#9ecae1", "#4292c6", "#08519c"]
    row, left, width = 18, 230, 420
    height = 60 + len(names) * (len(plan.busy) * row + 14)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 90} {height}" '
             'font-family="sans-serif" font-size="12" role="img">',
             "<title>Exchanges a second of the server's processor time</title>",
             f'<rect width="100%" height="100%" fill="#ffffff"/>',
             '<text x="10" y="22" font-size="14">Exchanges a second of the server\'s processor time</text>']
    for i, connections in enumerate(plan.busy):
        x = left + i * 120
        parts.append(f'<rect x="{x}" y="32" width="10" height="10" fill="{shades[i]}"/>'
                     f'<text x="{x + 15}" y="41">{connections} connection{"s" if connections > 1 else ""}</text>')
    y = 60
    for name in names:
        parts.append(f'<text x="{left - 8}" y="{y + len(plan.busy) * row / 2 + 4:.0f}" text-anchor="end">{name}</text>')
        for i, connections in enumerate(plan.busy):
            rate = results[name, connections][0]
            bar = max(1, rate / most * width)
            parts.append(f'<rect x="{left}" y="{y}" width="{bar:.0f}" height="{row - 4}" fill="{shades[i]}"/>'
                         f'<text x="{left + bar + 5:.0f}" y="{y + 11}">{rate:,.0f}</text>')
            y += row
        y += 14
    return "\n".join(parts) + "\n</svg>\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--md5spec", default=os.environ.get("MD5SPEC") or ROOT / "build/bin/md5spec")
    parser.add_argument("--reference-server",
                        default=os.environ.get("MD5SPEC_REFERENCE_SERVER") or ROOT / "build/bin/md5-reference-server")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--write", metavar="FOLDER", type=pathlib.Path)
    args = parser.parse_args()
    plan = Plan(args)
    tools = argparse.Namespace(md5spec=args.md5spec, reference=args.reference_server)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tools.epoll_server = compiled(folder, "epoll_server", "-lcrypto")
        tools.load = compiled(folder, "load")
        load = os.getloadavg()[0]
        text = (f"Measured {time.strftime('%Y-%m-%d')} on {platform.machine()}, {os.cpu_count()} processors, load average "
                f"{load:.1f} before the start; best of {plan.rounds}.\n\n")
        text += table("1. A run", whole_run(tools, plan, folder))
        text += table("2. A large message", large_message(tools, plan, folder))
        results = exchanges(tools, plan)
        text += exchange_table(results, plan)
        text += table("4. Idle connections, and starting", idle_memory(tools, plan) + starting(tools, plan))
        text += table("5. Growth", growth(tools, plan, folder))
    print(text)
    if args.write:
        page = args.write / "performance.md"
        begin, end = "<!-- measured -->\n", "<!-- end of what was measured -->"
        old = page.read_text()
        if begin not in old or end not in old:
            sys.exit(f"{page} lacks the marks between which the figures go")
        head, rest = old.split(begin, 1)
        picture = "![Exchanges a second of the server's processor time](performance.svg)\n\n"
        page.write_text(head + begin + picture + text + end + rest.split(end, 1)[1])
        (args.write / "performance.svg").write_text(chart(results, plan))


if __name__ == "__main__":
    main()

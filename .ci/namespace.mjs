// Runs a command in a network namespace of its own with nothing but loopback up, as root or as a user who may make
// user namespaces. Real clients send LAN broadcasts; in here those end.

import { spawnSync } from 'node:child_process'

// Where iproute2 is missing: SIOCSIFFLAGS (0x8914) on lo with IFF_UP | IFF_RUNNING, in a language that is at hand.
const PERL = 'socket(my $s, 2, 2, 0) or die; my $r = pack("a16 s x14", "lo", 0x41); ioctl($s, 0x8914, $r) or die'
const PYTHON =
  'import fcntl,socket,struct; fcntl.ioctl(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), 0x8914, ' +
  'struct.pack("16sh14x", b"lo", 0x41))'

const LOOPBACK_UP =
  `PATH="$PATH:/usr/sbin:/sbin"; ip link set lo up 2>/dev/null || perl -e '${PERL}' 2>/dev/null || ` +
  `python3 -c '${PYTHON}' 2>/dev/null || exit 125`

const WAYS = [
  ['unshare', '-n'],
  ['unshare', '-rn'],
]

/** The way that works here, or undefined. */
const way = WAYS.find(([command, ...args]) => {
  const { status } = spawnSync(command, [...args, 'sh', '-c', LOOPBACK_UP], { stdio: 'ignore', timeout: 10_000 })
  return status === 0
})

/** Wraps a command so that it runs in a namespace; returns it unchanged (`isolated` false) where none can be made. */
export function inNamespace(command, args) {
  if (way === undefined) return { command, args, isolated: false }
  const [unshare, ...flags] = way
  const script = `${LOOPBACK_UP}; exec "$@"`
  return { command: unshare, args: [...flags, 'sh', '-c', script, 'sh', command, ...args], isolated: true }
}

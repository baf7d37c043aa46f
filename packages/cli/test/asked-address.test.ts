import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { needs, Udpng } from './command.js'

const udpng = new Udpng()

/** A network of its own, with an interface that has two addresses of each family. */
const NETWORK = `
  ip link set lo up
  ip link add udpng8 type veth peer name udpng9
  for n in 1 2; do
    ip address add 10.98.0.$n/24 dev udpng8
    ip address add 2001:db8:98::$n/64 dev udpng8 nodad
  done
  ip link set udpng8 up
  ip link set udpng9 up
  exec "$@"
`

/**
 * Starts the command of its arguments; asks it at each of some addresses with a connected socket, which gets only what comes from there;
 * and prints what it got. Then it interrupts the command, and prints its messages. Port 9000 answers whatever a relay passes on.
 */
const CLIENT = String.raw`
import re, signal, socket, subprocess, sys, threading
target = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
target.bind(('127.0.0.1', 9000))
def answer():
    while True: target.sendto(*target.recvfrom(100))
threading.Thread(target=answer, daemon=True).start()
server = subprocess.Popen(sys.argv[2:], stderr=subprocess.PIPE, text=True)
def stop(kind, error, trace):
    server.kill()
    sys.__excepthook__(kind, error, trace)
sys.excepthook = stop
said = server.stderr.readline()
port = int(re.search(r'(?:on|from) \S+?:(\d+)(?=\s)', said).group(1))
for asked in filter(None, sys.argv[1].split(',')):
    six = ':' in asked
    s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(60)
    s.bind(('2001:db8:98::1' if six else '10.98.0.1', 0))
    s.connect((asked, port))
    s.send(asked.encode())
    print(s.recv(100).decode(), flush=True)
server.send_signal(signal.SIGINT)
print(said + server.stderr.read())
`

const UNSHARE = ['--net', ...(process.getuid?.() === 0 ? [] : ['--map-root-user']), 'sh', '-ec']

/** Runs a server in that network, and resolves with what the client prints. */
async function ask(addresses: string, transport: string, ...args: string[]): Promise<string> {
  const client = ['env', `UDPNG_TRANSPORT=${transport}`, 'python3', '-c', CLIENT, addresses]
  using running = udpng.program.runBy('unshare', [...UNSHARE, NETWORK, 'sh', ...client], ...args)
  const { stdout, stderr } = await running.end
  return stdout + stderr
}

/** Skips a test where there can be no such network. */
function needsNetwork(skip: (reason: string) => never): void {
  needs(skip, 'python3')
  const { status, error, stderr } = spawnSync('unshare', [...UNSHARE, NETWORK, 'sh', 'true'], {
    encoding: 'utf8',
  })
  if (status !== 0) skip(`there is no network namespace to be had: ${error?.message ?? stderr}`)
}

const V4 = ['10.98.0.2', '10.98.0.1']
const ALL = [...V4, '2001:db8:98::2', '2001:db8:98::1']

describe.skipIf(process.platform !== 'linux')('a machine with several addresses', () => {
  it.for([
    { args: ['echo', ':0'], addresses: ALL },
    { args: ['echo', '0.0.0.0:0'], addresses: V4 },
    { args: ['relay', ':0', '--to', '127.0.0.1:9000'], addresses: ALL },
    { args: ['relay', '0.0.0.0:0', '--to', '127.0.0.1:9000'], addresses: V4 },
  ])(
    'PER-26 $args answers from the address that was asked',
    async ({ args, addresses }, { skip }) => {
      needsNetwork(skip)
      const output = await ask(addresses.join(), 'auto', ...args)
      expect(output.split('\n').slice(0, addresses.length), output).toEqual(addresses)
      expect(output).toContain('nothing lost')
      expect(output).not.toContain('several addresses')
    },
  )

  it.for(['echo', 'relay'])(
    'CLI-85 %s prints a note where it cannot do that',
    async (command, { skip }) => {
      needsNetwork(skip)
      const more = command === 'relay' ? ['--to', '127.0.0.1:9000'] : []
      const note =
        'udpng: this machine has several addresses (10.98.0.1, 10.98.0.2), and a reply may leave from another one than its client asked; use @udpng/native, or listen on one address only\n'
      for (const address of [':0', '0.0.0.0:0'])
        expect(await ask('', 'dgram', command, address, ...more)).toContain(note)
      for (const address of ['10.98.0.2:0', '127.0.0.1:0'])
        expect(await ask('', 'dgram', command, address, ...more)).not.toContain('several')
    },
  )
})

import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { join } from 'node:path'
import { ownPort } from 'test-support'
import { Program } from 'test-support/program'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

const LIMIT_MS = 60_000

/** Binds a socket and executes a command, which has it as descriptor 3, and a file as 4: `family type host port command...`. */
const PARENT = `
import os, socket, sys
family, kind, host, port = sys.argv[1:5]
six = family == '6'
made = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM if kind == 'udp' else socket.SOCK_STREAM)
made.bind((host, int(port)))
os.dup2(made.fileno(), 3)
os.set_inheritable(3, True)
os.dup2(os.open('/dev/null', os.O_RDONLY), 4)
os.execvp(sys.argv[5], sys.argv[5:])
`

/** A socket that another program has opened, in a process of its own. */
export function describeDescriptors(system: 'dgram' | 'native'): void {
  describe(`descriptors: ${system}`, () => {
    let program: Program
    beforeAll(async () => {
      const file = join(import.meta.dirname, 'programs/descriptor.ts')
      program = await Program.of(file, join(import.meta.dirname, '../tsconfig.json'))
    }, LIMIT_MS)
    afterAll(() => program[Symbol.dispose]())

    const parent = (family: 4 | 6, kind: 'udp' | 'tcp' = 'udp'): readonly [string, string[]] => [
      'python3',
      ['-c', PARENT, `${family}`, kind, family === 6 ? '::1' : '127.0.0.1', '0'],
    ]

    async function ask(family: 4 | 6, port: number): Promise<string> {
      const client = createSocket(`udp${family}`)
      onTestFinished(() => void client.close())
      client.send('hello', port, family === 6 ? '::1' : '127.0.0.1')
      const [reply] = (await once(client, 'message')) as [Buffer]
      return String(reply)
    }

    it.each([4, 6] as const)(
      'BND-10 the socket of a parent process is taken over: IPv%i',
      async (family) => {
        using running = program.runBy(...parent(family), system, '3', `${family}`)
        const [, port] = await running.says(/:(\d+)\n/)
        expect(await ask(family, Number(port))).toBe('hello back')
        expect(await running.end).toMatchObject({ code: 0, stderr: '' })
      },
      LIMIT_MS,
    )

    it(
      'BND-10 so is one of systemd',
      async ({ skip }) => {
        const launcher = 'systemd-socket-activate'
        skip(spawnSync(launcher, ['--version']).status !== 0, `there is no ${launcher}`)
        const port = ownPort()
        const before = ['--datagram', `--listen=127.0.0.1:${port}`, '--setenv=NODE_PATH']
        using running = program.runBy(launcher, before, system, '3', '4')
        // It starts the program when the first datagram arrives.
        await running.says('Listening')
        expect(await ask(4, port)).toBe('hello back')
        expect(await running.end).toMatchObject({ code: 0, stdout: `127.0.0.1:${port}\n` })
      },
      LIMIT_MS,
    )

    it.each([
      [
        'of another family',
        parent(6),
        '3',
        /take over descriptor 3: it (is an|has another) .*set family: 6/,
      ],
      ['that is not UDP', parent(4, 'tcp'), '3', 'cannot take over descriptor 3: it is not '],
      [
        'that is not a socket',
        parent(4),
        '4',
        /cannot take over descriptor 4: it is not (a socket|an open UDP socket)$/m,
      ],
      ['that is not open', parent(4), '99', 'cannot take over descriptor 99: it is not '],
    ] as const)(
      'BND-10 a descriptor %s is a failed bind that says so',
      async (_, launcher, fd, message) => {
        using running = program.runBy(...launcher, system, fd, '4')
        const { code, stdout, stderr } = await running.end
        expect([code, stderr]).toEqual([0, ''])
        expect(stdout).toMatch(message)
      },
      LIMIT_MS,
    )
  })
}

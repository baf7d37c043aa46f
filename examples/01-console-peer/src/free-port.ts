import { UDPReceiver } from 'udpng'

/** The port that one would like, or 0, which takes any free one, when somebody else has it. */
export async function freePort(localAddr: string, localPort: number): Promise<number> {
  const probe = new UDPReceiver({ localAddr, localPort })
  const found = new AbortController()
  const run = probe.run({ signal: found.signal })
  const port = await probe.bound.then(
    () => localPort,
    () => 0,
  )
  found.abort()
  await run.catch(() => {})
  return port
}

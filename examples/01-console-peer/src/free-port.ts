import { UDPReceiver } from 'udpng'

/** The preferred port; or 0, for any free one, when that port is in use. */
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

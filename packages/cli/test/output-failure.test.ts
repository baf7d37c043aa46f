import { expect, it } from 'vitest'
import { main } from '../src/main.js'

it('CLI-81 a command leaves no listener on standard output and standard error', async () => {
  const streams = [process.stdout, process.stderr]
  const listeners = () => streams.map((stream) => stream.listenerCount('error'))
  const before = listeners()
  for (let i = 0; i < 12; i++) expect(await main(['completion', 'bash'])).toBe(0)
  expect(listeners()).toEqual(before)
})

import { existsSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, expect, it } from 'vitest'
import { Udpng } from './command.js'

const udpng = new Udpng()

const chromiumPath = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
].find((path) => path !== undefined && existsSync(path))

let browser: Browser | undefined
afterAll(() => browser?.close())

/** Lets the command find the page as it was built, where the command is a bundle beside no page. */
function hasPage(): boolean {
  const { resolve } = createRequire(import.meta.url)
  const built = join(dirname(resolve('@udpng/inspector/package.json')), 'dist/page')
  const beside = join(dirname(udpng.program.path), 'page')
  if (!process.env['UDPNG_TEST_DIST'] && !existsSync(beside)) symlinkSync(built, beside)
  return existsSync(join(built, 'index.html'))
}

/** After a line, it sends itself a burst twice a second, of which the receive buffer takes a part; after another one, nothing. */
const PROGRAM = `
  const { createSocket } = require('node:dgram')
  const receiver = createSocket({ type: 'udp4', recvBufferSize: 4096 }, () => {})
  const sender = createSocket('udp4')
  receiver.bind(0, '127.0.0.1', () => sender.bind(0, '127.0.0.1', () => {
    const { port } = receiver.address()
    console.log('ports', port, sender.address().port)
    let bursts
    process.stdin.on('data', () => {
      clearInterval(bursts)
      bursts = bursts ? undefined : setInterval(() => {
        for (let i = 0; i < 100; i++) sender.send(Buffer.alloc(500), port, '127.0.0.1')
      }, 500)
    }).on('end', () => { receiver.close(); sender.close() })
  }))`

it('EXC-13 in a browser, --inspect shows each socket by its address, with live rates and drops', async ({
  skip,
}) => {
  if (chromiumPath === undefined)
    skip('Chromium is not installed: apt-get install chromium, or set CHROMIUM to where it is')
  if (!hasPage()) skip('the page is not built: pnpm --filter @udpng/inspector build')
  browser = await chromium.launch({
    executablePath: chromiumPath as string,
    chromiumSandbox: process.getuid?.() !== 0, // root may not use it
    args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
  using running = udpng.run('exec', '--inspect=0', '--', process.execPath, '-e', PROGRAM)
  const [, url = ''] = await running.says(/inspector at (http:\S+)\n/)
  const [, receiver, sender] = await running.says(/ports (\d+) (\d+)/)
  const page = await browser.newPage({ reducedMotion: 'reduce' })
  page.setDefaultTimeout(60_000)
  await page.goto(url)
  const card = (port: string | undefined) =>
    page.locator(`.card[data-component="127.0.0.1:${port}"]`)
  const textOf = async (port: string | undefined) => await card(port).textContent()
  await card(receiver).waitFor()
  await card(sender).waitFor()
  expect(await page.locator('.card').count()).toBe(2)
  const soon = { timeout: 60_000 }
  expect(await textOf(sender)).toContain('↓0 ↑0')

  running.type('on\n')
  await expect.poll(() => textOf(sender), soon).toMatch(/↓0 ↑[1-9]/)
  await expect.poll(() => textOf(receiver), soon).toMatch(/↓[1-9]\S* ↑0/)
  // On other systems the kernel does not report what it drops.
  if (process.platform === 'linux')
    await expect.poll(() => textOf(receiver), soon).toMatch(/dropped [\d,]+ dropped by the kernel/)
  expect(await textOf(sender)).not.toContain('dropped')

  running.type('off\n')
  await expect.poll(() => textOf(sender), soon).toContain('↓0 ↑0')
  running.typeNoMore()
  expect((await running.end).code).toBe(0)
})

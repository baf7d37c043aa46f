import { existsSync } from 'node:fs'
import type { Scheduler } from '@udpng/core'
import { inspect } from '@udpng/inspector'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildPage } from './build-page.js'

/** Where Chromium is, if it is installed. */
export const chromiumPath: string | undefined = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
].find((path) => path !== undefined && existsSync(path))

/** Starts Chromium, without a window, with an empty profile, and without anything that asks its maker's servers. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath as string,
    // Root may not use Chromium's sandbox.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** What becomes true in a while, on a machine that may have much else to do. */
export function soon<T>(look: () => T): ReturnType<typeof expect.poll<Awaited<T>>> {
  return expect.poll(look, { timeout: 60_000 }) as ReturnType<typeof expect.poll<Awaited<T>>>
}

/** What a test does with a browser. */
export interface Inspection {
  /** Opens the page of a running system. It is closed when the test is over. */
  open(scheduler: Scheduler, options?: BrowserContextOptions): Promise<Page>
  /** The same page, served by another origin. */
  visit(url: string, options?: BrowserContextOptions): Promise<Page>
  /** In this test, complaints like this are none. */
  allow(complaint: RegExp): void
}

/**
 * A suite with a browser, skipped where there is none. After each test it is asked whether the page complained (an error on the console,
 * what its policy forbids) or sent a request to another server.
 */
export function inBrowser(title: string, suite: (inspection: Inspection) => void): void {
  if (chromiumPath === undefined) {
    it(`${title} in a browser`, ({ skip }) =>
      skip('Chromium is not installed: apt-get install chromium, or set CHROMIUM to where it is'))
    return
  }
  describe(title, { timeout: 180_000 }, () => {
    let browser: Browser
    const complaints: string[] = []
    let allowed: RegExp | undefined
    const closing: (() => Promise<void>)[] = []
    beforeAll(async () => {
      await buildPage()
      browser = await launch()
    }, 180_000)
    afterEach(async () => {
      for (const close of closing.splice(0).reverse()) await close()
      expect(complaints.splice(0).filter((text) => !allowed?.test(text))).toEqual([])
      allowed = undefined
    })
    afterAll(() => browser?.close())

    const visit = async (url: string, options: BrowserContextOptions = {}): Promise<Page> => {
      // What moves without end would be drawn by the processor, and the tests run with what is left of it.
      const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
      const page = await context.newPage()
      closing.push(() => context.close())
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning')
          complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('request', (request) => {
        if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(request.url())
      })
      page.setDefaultTimeout(60_000)
      await page.goto(url)
      return page
    }
    suite({
      visit,
      allow(complaint) {
        allowed = complaint
      },
      async open(scheduler, options) {
        const inspector = await inspect(scheduler, { port: 0 })
        closing.push(() => inspector.close())
        return visit(inspector.url, options)
      },
    })
  })
}

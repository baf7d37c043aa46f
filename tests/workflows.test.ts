import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { lintWorkflows } from './lint-workflows.js'
import { packages, root } from './workspace.js'

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> }
  readonly steps: readonly Step[]
}

interface Workflow {
  readonly permissions?: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

const folder = join(root, '.github/workflows')
const scripts = Object.keys(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts,
)

const workflows = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), 'utf8')
  const jobs = Object.entries((parse(text) as Workflow).jobs)
  return { name, text, workflow: parse(text) as Workflow, jobs }
})

test('PKG-25 the workflows are valid', async () => {
  const found = await lintWorkflows(workflows.map(({ text }) => text))
  expect(workflows.map(({ name }, index) => [name, found[index]])).toEqual(
    workflows.map(({ name }) => [name, []]),
  )
})

describe.each(workflows)('$name', ({ text, workflow, jobs }) => {
  test('PKG-25 grants nothing as a whole, and each job what it names, and ends', () => {
    expect(workflow.permissions).toEqual({})
    for (const [name, job] of jobs) {
      expect(job.permissions, name).toBeDefined()
      expect(job['timeout-minutes'], name).toBeGreaterThan(0)
    }
  })

  test('PKG-25 pins each action to a commit, and names its version', () => {
    const lines = text.split('\n').filter((line) => line.includes('uses:'))
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines)
      expect(line).toMatch(/uses: [\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  test('PKG-25 keeps no credentials in the clone', () => {
    const steps = jobs.flatMap(([, job]) => job.steps)
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))
    for (const step of checkouts) expect(step.with).toMatchObject({ 'persist-credentials': false })
  })

  test('PKG-25 puts no expression into a shell script', () => {
    const commands = jobs.flatMap(([, job]) => job.steps.map(({ run }) => run ?? ''))
    expect(commands.filter((command) => command.includes('${{'))).toEqual([])
  })

  test('PKG-25 runs scripts and files that exist', () => {
    const commands = jobs.flatMap(([, job]) =>
      job.steps.flatMap((step) => [step.run, step.with?.['version'], step.with?.['publish']]),
    )
    const all = commands.filter((command) => command !== undefined).join('\n')
    const called = [...all.matchAll(/pnpm run ([\w:-]+)/g)].map(([, script]) => script)
    expect(called.filter((script) => !scripts.includes(script as string))).toEqual([])
    const files = [...all.matchAll(/(?<=^|\s)(?:[\w.-]+\/)+[\w-]+\.(?:sh|mjs)\b/gm)].map(
      ([file]) => file,
    )
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
  })
})

test('PKG-25 what is wrong in a workflow is found', async () => {
  const good = `
on: push
permissions: {}
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - run: echo hello
  after:
    needs: build
    runs-on: ubuntu-24.04
    if: needs.build.result == 'success'
    steps:
      - run: echo done
`
  const wrong = [
    good.replace('on: push', 'on: pushed'),
    good.replace('runs-on: ubuntu-24.04', 'run-on: ubuntu-24.04'),
    good.replace('needs: build', 'needs: built'),
    good.replace('needs.build.result', 'needs.built.result'),
    good.replace("== 'success'", '== "success"'),
    good.replace('- run: echo done', '- runs: echo done'),
  ]
  const [none, ...found] = await lintWorkflows([good, ...wrong])
  expect(none).toEqual([])
  expect(found.map((findings) => findings.length > 0)).toEqual(wrong.map(() => true))
})

test('PKG-23 CI builds and tests each package in a clone of its own', () => {
  const { jobs } = workflows.find(({ name }) => name === 'ci.yml')?.workflow ?? { jobs: {} }
  const matrix = jobs['one-package']?.strategy?.matrix['package'] ?? []
  expect([...matrix].sort()).toEqual(packages.map(({ name }) => name).sort())
})

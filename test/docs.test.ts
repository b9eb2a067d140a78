import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })]
const blocks = (page: string, language: string) =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map((match) => match[1] as string)
const anchors = (page: string) =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )

test('the README begins with the two commands that a new user needs', () => {
  const [first = ''] = blocks('README.md', 'sh')
  expect(first.split('\n').map((line) => line.replace(/ +#.*/, ''))).toEqual(['npm ci && npm start', 'npm ci && npm test', ''])
  expect(read('README.md').indexOf('```sh')).toBeLessThan(30)
})

test.each(pages)('%s links to what exists', (page) => {
  const broken = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? page : join(dirname(page), path)
      return !existsSync(join(root, file)) || (anchor !== undefined && !anchors(file).includes(anchor))
    })
  expect(broken).toEqual([])
})

test.each(pages)('the JSON on %s is JSON', (page) => {
  for (const block of blocks(page, 'json')) expect(() => JSON.parse(block)).not.toThrow()
})

test('each npm script that a page names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/npm (?:run (?:-s )?([\w-]+)|(start|test)\b)/g)].map((match) => match[1] ?? match[2]),
  )
  expect(named.filter((name) => !scripts[name as string])).toEqual([])
})

test('each library has its row in a decision about libraries, and no other is named there', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
  const installed = Object.keys({ ...dependencies, ...devDependencies }).sort()
  const rows = globSync('docs/decisions/*libraries*.md', { cwd: root }).flatMap((page) =>
    read(page)
      .split('\n')
      .filter((line) => line.startsWith('| `')),
  )
  expect(rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1])).sort()).toEqual(installed)
})

test('each decision is listed, says what it costs and when to look again', () => {
  const records = globSync('docs/decisions/[0-9]*.md', { cwd: root })
  expect(records.length).toBeGreaterThan(5)
  for (const record of records) {
    expect(anchors(record)).toEqual(expect.arrayContaining(['what-it-costs', 'when-to-look-again']))
    expect(read('docs/decisions/README.md')).toContain(record.split('/').at(-1))
  }
})

test('each word of the glossary stands there once per meaning, in one line, with what it is not', () => {
  const entries = read('docs/glossary.md')
    .split('\n')
    .filter((line) => line.startsWith('- '))
  for (const entry of entries) expect(entry).toMatch(/^- \*\*.+?\*\*.*: .+ Not: .+\.$/)
  const words = entries.map((entry) => entry.slice(2).split(':')[0])
  expect(new Set(words).size).toBe(words.length)
})

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}

test.each(blocks('docs/hooks.md', 'js').map((code) => [/createHooks, (\w+)/.exec(code)?.[1], code]))(
  'the five lines for %s answer the health hook',
  async (_, code = '') => {
    // Beside the tests, so that the vendors are found; the package's own name and port are the only things replaced.
    const folder = mkdtempSync(join(root, 'test/snippet-'))
    const port = await freePort()
    const kit = pathToFileURL(join(root, 'core/hooks/kit/kit.ts')).href
    writeFileSync(join(folder, 'service.mjs'), code.replace("'jidoka/kit'", `'${kit}'`).replace('7101', String(port)))
    const child = spawn(process.execPath, [join(folder, 'service.mjs')], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, JIDOKA_CONTROL_TOKEN: 'secret' },
    })
    try {
      const answer = await firstAnswer(`http://127.0.0.1:${port}/health`)
      expect(answer).toMatchObject({ status: 'pass', generation: 0 })
    } finally {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    }
  },
)

/** The process needs a moment to listen: asks until it does. */
async function firstAnswer(url: string): Promise<unknown> {
  for (;;) {
    const answer = await fetch(url).catch(() => null)
    if (answer) return answer.json()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

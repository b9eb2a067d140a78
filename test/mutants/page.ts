import type { Chapter, Check } from './define.ts'

const intro = `# Defences

What keeps Jidoka from doing harm, one by one. Each is taken out of the code by \`node test/mutants/main.ts\`, in a copy of the
tree, and then a test has to fail: a defence that nothing misses is not known to be there.

\`node test/mutants/main.ts ID\` does it for one; \`--json\` prints the result for machines. Written by
\`node test/mutants/main.ts --page\` from the lists in \`test/mutants/\`.
`

/** docs/defences.md. */
export function defencesPage(chapters: readonly Chapter[]): string {
  const count = chapters.reduce((sum, { defences }) => sum + defences.length, 0)
  const sections = chapters.map(({ title, defences }) => {
    const rows = defences.map(
      ({ id, title, file, killedBy }) => `| \`${id}\` | ${cell(title)} | \`${file}\` | ${killedBy.map(named).join('<br>')} |`,
    )
    return [`## ${title}`, '', '| defence | protects from | stands in | missed by |', '|---|---|---|---|', ...rows, ''].join('\n')
  })
  return [intro, `${count} defences.\n`, ...sections].join('\n')
}

const cell = (text: string) => text.replaceAll('|', '\\|')

function named(check: Check): string {
  if ('seeds' in check) return `\`npm run -s sim -- --seeds ${check.seeds} --from ${check.from}\``
  return check.only === undefined ? `\`${check.file}\`` : `\`${check.file}\`: ${cell(check.only)}`
}

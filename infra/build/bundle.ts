import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { build, type Plugin } from 'rolldown'
import { exampleConfig, scriptOf } from '../../examples/platform/layout.ts'

/** Oldest Node that runs the bundle. The same as `engines` in package.json; a test holds them together. */
export const oldestNode = [22, 18] as const

/**
 * dist/jidoka.js. Written in a JavaScript that any Node can parse, and with no static import: an older Node would fail on the
 * syntax, or crash in the native store driver (Node 20 does), before it could say why.
 */
export const starter = `#!/usr/bin/env node
var version = process.versions.node.split('.').map(Number)
if (version[0] < ${oldestNode[0]} || (version[0] === ${oldestNode[0]} && version[1] < ${oldestNode[1]})) {
  process.stderr.write(
    'jidoka: Node ' + process.versions.node + ' is too old; it needs ${oldestNode.join('.')} or newer.\\n' +
    'Nothing was started. Install a newer Node (24 is what it is developed with) and run it again.\\n'
  )
  process.exitCode = 2
} else {
  import('./cli.js')
}
`

/** Folders that the code finds beside itself, and where they are beside the bundle. */
const folders: Record<string, string> = { migrations: './migrations/', 'dist/console': './console/', 'dist/assets': './assets/' }

/** Bundles what is shipped into `outDir`, flat, so that a path relative to one chunk is the same for each. `more`: further entries, by name. */
export async function bundle(root: string, outDir: string, more: Record<string, string> = {}): Promise<void> {
  await build({
    cwd: root,
    input: { ...entries(root), ...more },
    platform: 'node',
    // Native, or finding its own files at run time.
    external: ['better-sqlite3', 'pg', 'pg-native'],
    plugins: [placeFolders(root)],
    output: {
      dir: outDir,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunk-[name]-[hash].js',
      // Names stay: a stack trace from the field is to be readable.
      minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    },
    logLevel: 'warn',
    onLog: (level, log, print) => {
      if (level === 'warn') throw new Error(`rolldown warns: ${log.message}`)
      print(level, log)
    },
  })
}

/** Each file that is started or imported from outside. The example's processes are its agents, and those of its own configuration. */
function entries(root: string): Record<string, string> {
  const scripts = (exampleConfig({ dataFolder: '.' }).components ?? []).flatMap((component) =>
    component.members.flatMap((member) => member.process?.command.slice(1, 2) ?? []),
  )
  return {
    cli: join(root, 'cli/main.ts'),
    kit: join(root, 'core/hooks/kit/kit.ts'),
    ...(existsSync(join(root, 'infra/main/public.ts')) ? { public: join(root, 'infra/main/public.ts') } : {}),
    ...Object.fromEntries([scriptOf('agent-main'), ...scripts].map((script) => [`example/${basename(script, '.ts')}`, script])),
  }
}

const placeFolders = (root: string): Plugin => ({
  name: 'place-folders',
  transform: {
    filter: { id: { include: /\.ts$/, exclude: /node_modules/ } },
    handler: (code, id) => placed(root, id, code),
  },
})

/**
 * Bundling moves `import.meta.url`: rewrites `new URL('../../migrations/', import.meta.url)` to where the folder is beside the
 * bundle, and refuses what it does not know, instead of shipping a path that leads nowhere.
 */
export function placed(root: string, id: string, code: string): string {
  const where = relative(root, id)
  if (/import\.meta\.(dirname|filename)/.test(code))
    throw new Error(`${where}: import.meta.dirname moves when bundled; use new URL(…, import.meta.url)`)
  return code.replace(/new URL\(\s*(['"`])([^'"`]+)\1\s*,\s*import\.meta\.url\s*\)/g, (_, _quote, path: string) => {
    const target = relative(root, resolve(dirname(id), path))
      .split(sep)
      .join('/')
    const beside = folders[target]
    if (!beside) throw new Error(`${where}: ${target} is not shipped; name it in infra/build/bundle.ts`)
    return `new URL('${beside}', import.meta.url)`
  })
}

/** The range of package.json, to be compared with `oldestNode`. */
export const engines = (root: string): string => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node

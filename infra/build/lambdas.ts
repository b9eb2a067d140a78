import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'rolldown'

/** dist/lambda/ID/index.mjs: one file per guardian, with nothing in it but that guardian and the clients that it uses. */
export async function bundleLambdas(root: string, outDir: string, only?: readonly string[]): Promise<string[]> {
  const ids = guardianFolders(root).filter((id) => only?.includes(id) ?? true)
  for (const id of ids) {
    await build({
      cwd: root,
      input: { index: `\0guardian:${id}` },
      platform: 'node',
      resolve: {
        // The ES modules of the SDK: of its CommonJS nothing can be left out.
        mainFields: ['module', 'main'],
        // In a Lambda the credentials are in the environment; the chain that looks in files, single sign-on and processes is not needed.
        alias: { '@aws-sdk/credential-provider-node': join(root, 'infra/build/environment-credentials.ts') },
      },
      plugins: [entryOf(root)],
      output: {
        file: join(outDir, id, 'index.mjs'),
        format: 'esm',
        codeSplitting: false,
        minify: true,
        // What of it is CommonJS asks for node's modules at run time.
        banner: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
      },
      logLevel: 'silent',
    })
  }
  return ids
}

/** Folders of guardians with their checks; the id is the folder's name (a test holds them together). */
export const guardianFolders = (root: string): string[] =>
  readdirSync(join(root, 'guardians'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(root, 'guardians', entry.name)).includes('guardian.ts'))
    .map(({ name }) => name)
    .toSorted()

const entryOf = (root: string): Plugin => ({
  name: 'guardian-entry',
  resolveId: (id) => (id.startsWith('\0guardian:') ? id : null),
  load(id) {
    if (!id.startsWith('\0guardian:')) return null
    const folder = join(root, 'guardians', id.slice('\0guardian:'.length), 'guardian.ts')
    return `import * as unit from ${JSON.stringify(folder)}
import { handlerOf } from ${JSON.stringify(join(root, 'infra/main/lambda.ts'))}
export const handler = handlerOf(Object.values(unit)[0])`
  },
})

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
      plugins: [entryOf(root), withoutErrorClasses, withoutUnneeded, plainEndpoints],
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

/**
 * The SDK has a class for each error of each service (158 of RDS alone) and registers them all. Ours go by the code, which the
 * plain service error carries as well.
 */
const withoutErrorClasses: Plugin = {
  name: 'without-error-classes',
  transform: {
    filter: { id: /@aws-sdk\/client-[a-z0-9-]+\/dist-es\/schemas\/schemas_\d+\.js$/ },
    handler: (code) => code.replaceAll(/^n\d+_registry\.registerError\(.*\);$/gm, ''),
  },
}

/**
 * What the SDK can and a guardian never does: event streams, looking for endpoints, SHA-256 without node's own, signing for many
 * regions at once. And the driver of SQL:
 * a pair with such a side is compared by the controller, which reaches that network.
 */
const unneeded: Readonly<Record<string, string>> = {
  '@smithy/core/event-streams': `export const eventStreamSerdeProvider = () => ({})
export const resolveEventStreamSerdeConfig = (config) => Object.assign(config, { eventStreamMarshaller: {} })
export class EventStreamSerde { constructor() { throw new Error('no event streams in a guardian') } }`,
  'mnemonist/lru-cache': 'export default class extends Map { constructor() { super() } peek(key) { return this.get(key) } }',
  './Sha256Js': "export class Sha256Js { constructor() { throw new Error('node has no SHA-256') } }",
  '@aws-sdk/signature-v4-multi-region':
    "export { SignatureV4 as SignatureV4MultiRegion, SignatureV4 as SignatureV4SignWithCredentials } from '@smithy/signature-v4'",
  pg: 'export default {}',
}
const withoutUnneeded: Plugin = {
  name: 'without-unneeded',
  resolveId: (id) => (id in unneeded ? `\0unneeded:${id}` : null),
  load: (id) => (id.startsWith('\0unneeded:') ? (unneeded[id.slice('\0unneeded:'.length)] as string) : null),
}

/**
 * The rules by which the SDK finds an address of S3 are 46 KB (access points, Outposts, accelerated, dual-stack). We ask plain buckets,
 * by path, and the account.
 */
const plainEndpoints: Plugin = {
  name: 'plain-endpoints',
  load: {
    filter: { id: /@aws-sdk\/client-s3(-control)?\/dist-es\/endpoint\/endpointResolver\.js$/ },
    handler: (id) => `export const defaultEndpointResolver = ({ Region = 'us-east-1', Endpoint, Bucket, AccountId }) => {
  const base = Endpoint ?? 'https://' + ${id.includes('s3-control') ? "AccountId + '.s3-control.'" : "'s3.'"} + Region + (Region.startsWith('cn-') ? '.amazonaws.com.cn' : '.amazonaws.com')
  const url = new URL(base)
  if (Bucket) url.pathname = url.pathname.replace(/\\/$/, '') + '/' + Bucket
  return { url, headers: {}, properties: { authSchemes: [{ name: 'sigv4', signingName: 's3', signingRegion: Region, disableDoubleEncoding: true }] } }
}`,
  },
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

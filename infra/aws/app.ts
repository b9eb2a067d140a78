import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { App, BootstraplessSynthesizer, Validations } from 'aws-cdk-lib'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { AwsSolutionsChecks } from 'cdk-nag'
import { guardians } from '../../guardians/registry.ts'
import { guardiansStack } from './guardians-stack.ts'
import { readRoleStack } from './read-role-stack.ts'

/** Everything of ours on AWS. `plain`: templates that need no CDK, with the Lambdas beside them. `node infra/aws/app.ts` synthesises it without a network; `cdk deploy --app 'node infra/aws/app.ts'` deploys it. */
export function appOf({ lambdas, outdir, plain = false }: { lambdas: string; outdir?: string; plain?: boolean }): App {
  const app = new App({ ...(outdir === undefined ? {} : { outdir }), analyticsReporting: false })
  const synthesizer = () => (plain ? { synthesizer: new BootstraplessSynthesizer() } : {})
  guardiansStack(app, 'JidokaGuardians', {
    ...synthesizer(),
    guardians,
    // The plain one names folders instead, and this stands only until then.
    code: (id) => (plain ? Code.fromInline('exports.handler = async () => {}') : Code.fromAsset(join(lambdas, id))),
    ...(plain ? { folder: (id: string) => `../lambda/${id}` } : {}),
  })
  readRoleStack(app, 'JidokaGuardianReadRole', { ...synthesizer(), guardians })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  return app
}

/** Templates that need no CDK, into `folder`; the Lambdas are expected beside it, in `../lambda`. */
export function writeTemplates(folder: string): void {
  const outdir = mkdtempSync(join(tmpdir(), 'jidoka-templates-'))
  try {
    appOf({ lambdas: '', outdir, plain: true }).synth()
    mkdirSync(folder, { recursive: true })
    for (const name of ['JidokaGuardians', 'JidokaGuardianReadRole']) {
      copyFileSync(join(outdir, `${name}.template.json`), join(folder, `${name}.template.json`))
    }
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}

if (import.meta.main) appOf({ lambdas: resolve(import.meta.dirname, '../../dist/lambda') }).synth()

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Guardian } from '../../guardians/define.ts'
import { guardians } from '../../guardians/registry.ts'
import { iamActionsOf } from '../../guardians/scan/iam.ts'
import { guardianFolders } from '../build/lambdas.ts'
import { appOf } from './app.ts'
import { actionsInLambda } from './guardians-stack.ts'

interface Resource {
  Type: string
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation as it is
  Properties: any
}
interface Template {
  Resources: Record<string, Resource>
  Parameters: Record<string, { Default?: unknown }>
}

const folder = mkdtempSync(join(tmpdir(), 'jidoka-aws-'))
let template: Template
let readRole: Template

beforeAll(() => {
  for (const { id } of guardians) {
    mkdirSync(join(folder, 'lambda', id), { recursive: true })
    writeFileSync(join(folder, 'lambda', id, 'index.mjs'), 'export const handler = async () => ({})')
  }
  const outdir = join(folder, 'out')
  appOf({ lambdas: join(folder, 'lambda'), outdir, plain: true }).synth()
  template = JSON.parse(readFileSync(join(outdir, 'JidokaGuardians.template.json'), 'utf8'))
  readRole = JSON.parse(readFileSync(join(outdir, 'JidokaGuardianReadRole.template.json'), 'utf8'))
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const all = (type: string, from = template) => Object.entries(from.Resources).filter(([, { Type }]) => Type === type)
const functions = () => all('AWS::Lambda::Function').map(([, { Properties }]) => Properties)

test('what the rules of AWS say against it fails the synthesis: nothing does that is not argued', () => {
  const app = appOf({ lambdas: join(folder, 'lambda'), outdir: join(folder, 'bad'), plain: true })
  new Topic(app.node.findChild('JidokaGuardians'), 'Open')
  expect(() => app.synth()).toThrow(/AwsSolutions-SNS3/)
})

describe('each of the sixteen guardians', () => {
  test('has a Lambda, from its own bundle, within its limits', () => {
    expect(functions()).toHaveLength(16)
    expect(
      functions()
        .map(({ FunctionName }) => FunctionName)
        .sort(),
    ).toEqual(guardianFolders(join(import.meta.dirname, '../..')).map((id) => `jidoka-guardian-${id}`))
    for (const { FunctionName, Code, Timeout, ReservedConcurrentExecutions } of functions()) {
      expect({ Code, Timeout, ReservedConcurrentExecutions }).toEqual({
        Code: `../lambda/${FunctionName.replace('jidoka-guardian-', '')}`,
        Timeout: 900,
        ReservedConcurrentExecutions: 1,
      })
    }
  })

  test('may do what its checks declare, and nothing more', () => {
    for (const [, { Properties }] of all('AWS::Lambda::Function')) {
      const guardian = guardians.find(({ id }) => Properties.FunctionName === `jidoka-guardian-${id}`) as Guardian
      const role = template.Resources[Properties.Role['Fn::GetAtt'][0]] as Resource
      const statements = role.Properties.Policies.flatMap(
        (policy: { PolicyDocument: { Statement: { Sid: string; Action: string | string[]; Resource: unknown }[] } }) =>
          policy.PolicyDocument.Statement,
      )
      const looks = statements
        .filter(({ Sid }: { Sid: string }) => Sid === 'Looks')
        .flatMap(({ Action }: { Action: string | string[] }) => Action)
      expect(looks).toEqual(actionsInLambda(guardian))
      expect(looks).not.toContain('dynamodb:Scan')
      const others = statements
        .filter(({ Sid }: { Sid: string }) => Sid !== 'Looks')
        .flatMap(({ Action }: { Action: string | string[] }) => Action)
      expect(others.sort()).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage', 'sts:AssumeRole'])
      for (const { Resource } of statements.filter(({ Sid }: { Sid: string }) => Sid !== 'Looks')) expect(Resource).not.toBe('*')
    }
  })

  test('is waited for: an alarm when it fails, one when it does not run', () => {
    const alarms = all('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties)
    for (const name of ['Errors', 'Invocations']) expect(alarms.filter(({ MetricName }) => MetricName === name)).toHaveLength(16)
    for (const alarm of alarms) expect(alarm.AlarmActions).toHaveLength(1)
    for (const { TreatMissingData } of alarms.filter(({ MetricName }) => MetricName === 'Invocations'))
      expect(TreatMissingData).toBe('breaching')
  })

  test('has a schedule that is off as long as a controller invokes it, and loses no failed invocation', () => {
    const rules = all('AWS::Events::Rule').map(([, { Properties }]) => Properties)
    expect(rules).toHaveLength(16)
    expect(template.Parameters.ScheduleState?.Default).toBe('DISABLED')
    for (const { State, Targets } of rules) {
      expect(State).toEqual({ Ref: 'ScheduleState' })
      expect(Targets[0].DeadLetterConfig).toBeDefined()
    }
    expect(all('AWS::Lambda::EventInvokeConfig')).toHaveLength(16)
  })
})

test('nothing that any guardian may do changes anything', () => {
  const reads =
    /^(Describe|Get|List|Lookup|Select|Scan|Query|Batch(Get|Describe)|StartQuery(Execution)?$|Generate(CredentialReport)|StopQuery)/
  for (const action of (guardians as readonly Guardian[]).flatMap(iamActionsOf)) expect(action.split(':')[1]).toMatch(reads)
})

test('the role of other accounts is taken only with its external id, by guardians, to read', () => {
  const [[, role]] = all('AWS::IAM::Role', readRole) as [[string, Resource]]
  const [trust] = role.Properties.AssumeRolePolicyDocument.Statement
  expect(trust.Condition.StringEquals).toEqual({ 'sts:ExternalId': { Ref: 'ExternalId' } })
  expect(role.Properties.Policies[0].PolicyDocument.Statement).toHaveLength(1)
})

test('what our own guardians would say of it: logs end, failures have somewhere to go, the queue is encrypted', () => {
  for (const [, { Properties }] of all('AWS::Logs::LogGroup')) expect(Properties.RetentionInDays).toBeGreaterThan(0)
  for (const [, { Properties }] of all('AWS::SQS::Queue')) expect(Properties.SqsManagedSseEnabled).toBe(true)
})

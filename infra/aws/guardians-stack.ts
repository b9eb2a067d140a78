import { Aws, CfnCondition, CfnParameter, Duration, Fn, RemovalPolicy, Stack, type StackProps, Tags, Validations } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { type CfnRule, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Effect, ManagedPolicy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, type CfnFunction, type Code, Function as LambdaFn, Runtime } from 'aws-cdk-lib/aws-lambda'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Guardian } from '../../guardians/define.ts'
import { iamActionsOf } from '../../guardians/scan/iam.ts'

/** The role that guardians take in every other account; see read-role-stack.ts. */
export const readRoleName = 'jidoka-guardian-read'

export interface GuardiansStackProps extends StackProps {
  guardians: readonly Guardian[]
  /** Where the bundle of a guardian is. */
  code(id: string): Code
  /** Named instead of the asset, for `aws cloudformation package`, which uploads that folder and needs no CDK. */
  folder?(id: string): string
}

interface Shared {
  schedule: CfnParameter
  scheduled: CfnParameter
  reportUrl: CfnParameter
  tokenSecret: CfnParameter
  hasToken: CfnCondition
  alarms: Topic
  failures: Queue
}

/**
 * A Lambda per guardian, each with a role that may do what its checks declare and nothing more, its schedule, its log, and two alarms:
 * it failed, it did not run.
 */
export function guardiansStack(scope: Construct, id: string, props: GuardiansStackProps): Stack {
  const stack = new Stack(scope, id, { description: 'Jidoka: guardians that inspect the platform every day', ...props })
  const shared = sharedOf(stack)
  Validations.of(stack).acknowledge({
    id: 'CloudFormation-Validate::W2509',
    reason: 'ReportTokenSecretArn is where a token is, not the token.',
  })
  for (const guardian of props.guardians) guardianOf(stack, guardian, props, shared)
  Tags.of(stack).add('owner', 'jidoka')
  return stack
}

function sharedOf(stack: Stack): Shared {
  const parameter = (name: string, description: string, more: Record<string, unknown>) =>
    new CfnParameter(stack, name, { type: 'String', description, ...more })
  const tokenSecret = parameter('ReportTokenSecretArn', 'Secret with a token of the controller (role agent); empty: none', { default: '' })
  const alarms = new Topic(stack, 'AlarmTopic', { displayName: 'Jidoka guardians', enforceSSL: true })
  const failures = new Queue(stack, 'Failures', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  })
  Validations.of(failures).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'It is the queue to which failed invocations go; an alarm watches it.',
  })
  alarmOf(stack, 'FailuresAlarm', alarms, {
    metric: failures.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
    description: 'A guardian could not be invoked, or failed: read the message in the queue and the log it names.',
    threshold: 1,
  })
  return {
    schedule: parameter('Schedule', 'When guardians run by themselves', { default: 'cron(0 5 * * ? *)' }),
    scheduled: parameter('ScheduleState', 'DISABLED when a Jidoka controller invokes the guardians', {
      default: 'DISABLED',
      allowedValues: ['ENABLED', 'DISABLED'],
    }),
    reportUrl: parameter('ReportUrl', 'Where a scheduled guardian sends its report: https://CONTROLLER/v1/scans; empty: nowhere', {
      default: '',
    }),
    tokenSecret,
    hasToken: new CfnCondition(stack, 'HasReportToken', { expression: Fn.conditionNot(Fn.conditionEquals(tokenSecret.valueAsString, '')) }),
    alarms,
    failures,
  }
}

function guardianOf(stack: Stack, guardian: Guardian, { code, folder }: GuardiansStackProps, shared: Shared): void {
  const name = `jidoka-guardian-${guardian.id}`
  const id = `Guardian${pascal(guardian.id)}`
  const logs = new LogGroup(stack, `${id}Log`, {
    logGroupName: `/aws/lambda/${name}`,
    retention: RetentionDays.ONE_YEAR,
    removalPolicy: RemovalPolicy.RETAIN,
  })
  const fn = new LambdaFn(stack, id, {
    functionName: name,
    description: `Jidoka guardian: ${guardian.title.en}`,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: code(guardian.id),
    memorySize: 512,
    timeout: Duration.minutes(15),
    reservedConcurrentExecutions: 1,
    role: roleOf(stack, `${id}Role`, guardian, shared),
    logGroup: logs,
    onFailure: new SqsDestination(shared.failures),
    retryAttempts: 1,
    environment: { JIDOKA_REPORT_URL: shared.reportUrl.valueAsString, JIDOKA_REPORT_TOKEN_SECRET: shared.tokenSecret.valueAsString },
  })
  if (folder) {
    ;(fn.node.defaultChild as CfnFunction).addPropertyOverride('Code', folder(guardian.id))
    Validations.of(fn).acknowledge({
      id: 'CloudFormation-Validate::W3002',
      reason: 'This template is made for `aws cloudformation package`.',
    })
  }
  const rule = new Rule(stack, `${id}Schedule`, {
    schedule: Schedule.expression(shared.schedule.valueAsString),
    description: `Runs ${name} every day`,
    targets: [
      new LambdaFunction(fn, {
        event: RuleTargetInput.fromObject({ scheduled: true }),
        retryAttempts: 1,
        deadLetterQueue: shared.failures,
      }),
    ],
  })
  const plain = rule.node.defaultChild as CfnRule
  plain.state = shared.scheduled.valueAsString
  alarmOf(stack, `${id}Failed`, shared.alarms, {
    metric: fn.metricErrors({ period: Duration.hours(1), statistic: 'Sum' }),
    description: `${name} failed: see its log.`,
    threshold: 1,
  })
  alarmOf(stack, `${id}Late`, shared.alarms, {
    metric: fn.metricInvocations({ period: Duration.days(1), statistic: 'Sum' }),
    description: `${name} did not run for a day: what it looks at is not looked at.`,
    threshold: 1,
    below: true,
  })
}

/** What its checks declare, its own log, the other accounts' read role, and the token by which it reports. */
function roleOf(stack: Stack, id: string, guardian: Guardian, shared: Shared): Role {
  const looks = actionsInLambda(guardian)
  const role = new Role(stack, id, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `Reads what the guardian ${guardian.id} looks at`,
    inlinePolicies: {
      ...(looks.length > 0 ? { looks: new PolicyDocument({ statements: readsOf(looks) }) } : {}),
      works: new PolicyDocument({
        statements: [
          new PolicyStatement({
            sid: 'Logs',
            actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            resources: [`arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:/aws/lambda/jidoka-guardian-${guardian.id}:*`],
          }),
          new PolicyStatement({
            sid: 'OtherAccounts',
            actions: ['sts:AssumeRole'],
            resources: [`arn:${Aws.PARTITION}:iam::*:role/${readRoleName}`],
          }),
          new PolicyStatement({ sid: 'Failures', actions: ['sqs:SendMessage'], resources: [shared.failures.queueArn] }),
        ],
      }),
    },
  })
  argue(role, {
    ...(looks.length > 0 ? { '*': whyAll } : {}),
    [`arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/lambda/jidoka-guardian-${guardian.id}:*`]:
      'The streams of its own log have names of Lambda.',
    [`arn:<AWS::Partition>:iam::*:role/${readRoleName}`]:
      'One role of a fixed name, in each account that is looked at; each account decides whether it has one.',
  })
  const token = new ManagedPolicy(stack, `${id}Token`, {
    description: 'Reads the token by which the report is sent',
    roles: [role],
    statements: [new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [shared.tokenSecret.valueAsString] })],
  })
  const plain = token.node.defaultChild as { cfnOptions: { condition?: CfnCondition } } & Construct
  plain.cfnOptions.condition = shared.hasToken
  return role
}

export const whyAll = 'Lists and descriptions, which AWS does not limit to resources; only reading actions, those that the checks declare.'

/** Why a star stands in a policy: each one by itself. */
export function argue(role: Role, reasons: Readonly<Record<string, string>>): void {
  for (const [resource, reason] of Object.entries(reasons)) {
    Validations.of(role).acknowledge({ id: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`, reason })
  }
}

/** What needs our configuration (pairs of stores, hooks) is looked at by the controller: no Lambda may read tables. */
export const actionsInLambda = (guardian: Guardian) =>
  iamActionsOf({ ...guardian, checks: guardian.checks.filter(({ subject }) => subject.scope !== 'platform') })

/** Almost none of these reads can be limited to a resource: AWS has no resource types for lists and descriptions. */
export function readsOf(actions: readonly string[]): PolicyStatement[] {
  return actions.length === 0 ? [] : [new PolicyStatement({ sid: 'Looks', effect: Effect.ALLOW, actions: [...actions], resources: ['*'] })]
}

interface AlarmOf {
  metric: ConstructorParameters<typeof Alarm>[2]['metric']
  description: string
  threshold: number
  below?: true
}

function alarmOf(stack: Stack, id: string, topic: Topic, { metric, description, threshold, below }: AlarmOf): void {
  const alarm = new Alarm(stack, id, {
    metric,
    alarmDescription: description,
    threshold,
    evaluationPeriods: 1,
    comparisonOperator: below ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: below ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  })
  alarm.addAlarmAction(new SnsAction(topic))
}

const pascal = (text: string) => text.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase())

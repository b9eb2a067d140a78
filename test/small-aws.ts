import { systemClock } from '../core/clock.ts'
import { type ErrorCode, fault } from '../core/errors.ts'
import { silentLog } from '../core/log.ts'
import type { ActionContext } from '../remediation/actions/define.ts'
import type { AwsCall, AwsDoor, AwsPlace, VolumeModification } from '../remediation/aws.ts'
import type { World } from '../remediation/world.ts'

/**
 * An account in memory, behind the door of fixes: what the calls change is there for the next look. For what no emulator can be
 * brought to do: fail before, after or instead of a call. That the calls themselves are right is proved on moto (test/aws).
 */
export interface SmallAws {
  groups: Map<string, { retentionInDays?: number; logGroupClass?: string }>
  volumes: Map<string, { VolumeType: string; Size: number; Iops?: number; modifications: VolumeModification[] }>
  tables: Map<string, { recovery: boolean; protection: boolean }>
  addresses: Map<string, { PublicIp: string; AssociationId?: string }>
}

export const smallPlace: AwsPlace = { account: '123456789012', region: 'us-east-1', partition: 'aws' }

// biome-ignore lint/suspicious/noExplicitAny: the door has typed them already
type Input = any

export function openSmallAws(of: Partial<SmallAws> = {}) {
  const account: SmallAws = { groups: new Map(), volumes: new Map(), tables: new Map(), addresses: new Map(), ...of }
  const { groups, volumes, tables, addresses } = account
  const calls: AwsCall[] = []
  /** What a call ends with instead of being done, or after it was. */
  const failing = new Map<AwsCall, { code: ErrorCode; done: boolean }>()

  const doing: { [Call in AwsCall]: (input: Input) => object } = {
    'logs:DescribeLogGroups': ({ logGroupNamePrefix, nextToken }) => {
      // One to a page: whoever stops at the first has not looked.
      const found = [...groups].filter(([name]) => name.startsWith(logGroupNamePrefix)).reverse()
      const at = Number(nextToken ?? 0)
      const [name, group] = found[at] ?? []
      return { logGroups: name ? [{ logGroupName: name, ...group }] : [], ...(at + 1 < found.length ? { nextToken: String(at + 1) } : {}) }
    },
    'logs:PutRetentionPolicy': ({ logGroupName, retentionInDays }) => Object.assign(need(groups, logGroupName), { retentionInDays }),
    'logs:DeleteRetentionPolicy': ({ logGroupName }) => {
      delete need(groups, logGroupName).retentionInDays
      return {}
    },
    'ec2:DescribeVolumes': ({ VolumeIds: [id] }) => ({ Volumes: [{ VolumeId: id, ...need(volumes, id) }] }),
    'ec2:DescribeVolumesModifications': ({ Filters: [{ Values }] }) => ({
      VolumesModifications: volumes.get(Values[0])?.modifications ?? [],
    }),
    'ec2:ModifyVolume': ({ VolumeId, ...more }) => {
      const volume = need(volumes, VolumeId)
      volume.modifications.push({ ModificationState: 'completed', TargetVolumeType: more.VolumeType, StartTime: new Date(0) })
      return Object.assign(volume, more)
    },
    'ec2:DescribeAddresses': ({ Filters: [{ Values }] }) => ({
      Addresses: [...addresses].filter(([id]) => Values.includes(id)).map(([AllocationId, one]) => ({ AllocationId, ...one })),
    }),
    'ec2:ReleaseAddress': ({ AllocationId }) => {
      need(addresses, AllocationId)
      addresses.delete(AllocationId)
      return {}
    },
    'dynamodb:DescribeContinuousBackups': ({ TableName }) => {
      const PointInTimeRecoveryStatus = need(tables, TableName).recovery ? 'ENABLED' : 'DISABLED'
      return { ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus } } }
    },
    'dynamodb:UpdateContinuousBackups': ({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: recovery } }) =>
      Object.assign(need(tables, TableName), { recovery }),
    'dynamodb:DescribeTable': ({ TableName }) => ({ Table: { DeletionProtectionEnabled: need(tables, TableName).protection } }),
    'dynamodb:UpdateTable': ({ TableName, DeletionProtectionEnabled: protection }) =>
      Object.assign(need(tables, TableName), { protection }),
  }

  const aws: AwsDoor = async (_, call, input) => {
    calls.push(call)
    const fails = failing.get(call)
    if (fails && !fails.done) throw failed(call, fails.code)
    const answer = doing[call](input)
    if (fails) throw failed(call, fails.code)
    return answer as never
  }
  const fail = (call: AwsCall, code: ErrorCode, done = false) => failing.set(call, { code, done })
  return {
    ...account,
    aws,
    fail,
    heal: () => failing.clear(),
    /** Calls that change something, in order. */
    changes: () => calls.filter((call) => !call.includes(':Describe')),
    /** What a step of an action is given. */
    context: (): ActionContext =>
      ({ world: { aws } as World, clock: systemClock, log: silentLog, timeoutMs: 1_000, signal: new AbortController().signal }) as never,
  }
}

function need<T>(of: ReadonlyMap<string, T>, id: string): T {
  const found = of.get(id)
  if (!found) throw failed(id, 'aws-absent')
  return found
}

const failed = (call: string, code: ErrorCode) =>
  fault(code, {
    call,
    target: call,
    action: call,
    code: 'Test',
    problem: 'so the test says',
    account: smallPlace.account,
    region: smallPlace.region,
  })

import {
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DescribeSubnetsCommand,
  EC2Client,
  ModifySnapshotAttributeCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2'
import { CreateDBInstanceCommand, CreateDBSnapshotCommand, ModifyDBSnapshotAttributeCommand, RDSClient } from '@aws-sdk/client-rds'
import { CreateBucketCommand, PutBucketAclCommand, PutBucketPolicyCommand, PutPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { exposure } from '../../guardians/exposure/guardian.ts'
import { type Moto, openMoto } from './moto.ts'
import { foundBy, scanAt } from './scans.ts'

let moto: Moto
beforeAll(async () => {
  // Its images come with 1,300 snapshots of their own.
  process.env.MOTO_EC2_LOAD_DEFAULT_AMIS = 'false'
  moto = await openMoto()
})
afterEach(() => moto.reset())
afterAll(() => moto?.close())
const scan = (check: string) => scanAt(moto.url, [exposure], { only: [check] })

const block = (on: boolean) => ({ BlockPublicAcls: on, IgnorePublicAcls: on, BlockPublicPolicy: on, RestrictPublicBuckets: on })

test('buckets that strangers reach by policy or by ACL, until a block stands before them', async () => {
  const s3 = moto.client(S3Client)
  for (const Bucket of ['private', 'website', 'shared', 'held']) await s3.send(new CreateBucketCommand({ Bucket }))
  for (const Bucket of ['website', 'held']) {
    const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` }]
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }))
  }
  await s3.send(new PutPublicAccessBlockCommand({ Bucket: 'held', PublicAccessBlockConfiguration: block(true) }))
  await s3.send(new PutBucketAclCommand({ Bucket: 'shared', ACL: 'public-read' }))
  const report = await scan('exposure-s3-public')
  expect(report.unknown).toEqual([])
  expect(foundBy(report, 'exposure-s3-public')).toEqual({ website: 'policy', shared: 'acl' })
  expect(report.findings).toMatchObject([{ region: 'global' }, { region: 'global' }])

  for (const Bucket of ['website', 'shared']) {
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: block(true) }))
  }
  const after = await scan('exposure-s3-public')
  expect(after.findings).toEqual([])
  expect(after.coverage).toMatchObject([{ looked: 4, passed: 4, complete: true }])
})

test('snapshots that everybody may restore, of disks and of databases', async () => {
  const ec2 = moto.client(EC2Client)
  const { VolumeId } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size: 8 }))
  const { SnapshotId } = await ec2.send(new CreateSnapshotCommand({ VolumeId }))
  await ec2.send(new CreateSnapshotCommand({ VolumeId }))
  const share = (OperationType: 'add' | 'remove') =>
    ec2.send(new ModifySnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission', OperationType, GroupNames: ['all'] }))
  await share('add')
  const report = await scan('exposure-snapshot-public')
  expect(report.findings).toMatchObject([
    { resource: `arn:aws:ec2:us-east-1::snapshot/${SnapshotId}`, evidence: { volume: VolumeId, sizeGiB: 8 } },
  ])
  await share('remove')
  expect((await scan('exposure-snapshot-public')).findings).toEqual([])

  const rds = moto.client(RDSClient)
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: 'orders',
      Engine: 'postgres',
      DBInstanceClass: 'db.t3.micro',
      AllocatedStorage: 20,
    }),
  )
  for (const DBSnapshotIdentifier of ['open', 'kept']) {
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders', DBSnapshotIdentifier }))
  }
  const attribute = { DBSnapshotIdentifier: 'open', AttributeName: 'restore' }
  await rds.send(new ModifyDBSnapshotAttributeCommand({ ...attribute, ValuesToAdd: ['all'] }))
  const databases = await scan('exposure-db-snapshot-public')
  expect(databases.unknown).toEqual([])
  expect(foundBy(databases, 'exposure-db-snapshot-public')).toEqual({ open: 'public' })
  await rds.send(new ModifyDBSnapshotAttributeCommand({ ...attribute, ValuesToRemove: ['all'] }))
  expect((await scan('exposure-db-snapshot-public')).findings).toEqual([])
})

test('ports of administration that the internet reaches', async () => {
  const ec2 = moto.client(EC2Client)
  const make = async (GroupName: string, port: number, CidrIp: string) => {
    const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: GroupName }))
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp }] }]
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }))
    return { GroupId, IpPermissions }
  }
  const ssh = await make('ssh', 22, '0.0.0.0/0')
  await make('database', 5432, '0.0.0.0/0')
  await make('office', 22, '198.51.100.0/24')
  await make('web', 443, '0.0.0.0/0')
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}))
  await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: Subnets[0]?.SubnetId, Groups: [ssh.GroupId] }))
  const report = await scan('exposure-admin-ports')
  expect(foundBy(report, 'exposure-admin-ports')).toEqual({ ssh: 'open', database: 'open-unused' })
  expect(report.findings.find(({ name }) => name === 'ssh')).toMatchObject({ severity: 'high', evidence: { ports: ['22'], interfaces: 1 } })
  await ec2.send(new RevokeSecurityGroupIngressCommand(ssh))
  expect(foundBy(await scan('exposure-admin-ports'), 'exposure-admin-ports')).toEqual({ database: 'open-unused' })
})

test('storage that lies in plain', async () => {
  const ec2 = moto.client(EC2Client)
  const { VolumeId } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size: 8 }))
  await ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size: 8, Encrypted: true }))
  const disks = await scan('exposure-unencrypted-volume')
  expect(disks.findings.map(({ resource }) => resource.split('/')[1])).toEqual([VolumeId])
  expect(disks.coverage).toMatchObject([{ looked: 2, failed: 1 }])

  const rds = moto.client(RDSClient)
  const database = { Engine: 'postgres', DBInstanceClass: 'db.t3.micro', AllocatedStorage: 20 }
  await rds.send(new CreateDBInstanceCommand({ ...database, DBInstanceIdentifier: 'plain' }))
  await rds.send(new CreateDBInstanceCommand({ ...database, DBInstanceIdentifier: 'sealed', StorageEncrypted: true }))
  const report = await scan('exposure-unencrypted-db')
  expect(foundBy(report, 'exposure-unencrypted-db')).toEqual({ plain: 'plain' })
})

test('an empty account', async () => {
  const report = await scanAt(moto.url, [exposure])
  expect(report.unknown).toEqual([])
  expect(report.findings).toEqual([])
  expect(report.coverage.every(({ complete }) => complete)).toBe(true)
})

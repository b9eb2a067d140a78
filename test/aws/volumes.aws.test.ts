import { CreateTagsCommand, CreateVolumeCommand, EC2Client } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { volumes } from '../../guardians/inventory/volumes.ts'
import { type Moto, openMoto } from './moto.ts'
import { readAll } from './sources.ts'

let moto: Moto
beforeAll(async () => {
  moto = await openMoto()
})
afterAll(() => moto?.close())

test('the volumes of moto', async () => {
  const ec2 = moto.client(EC2Client)
  const { VolumeId } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size: 10, VolumeType: 'gp2' }))
  await ec2.send(new CreateTagsCommand({ Resources: [VolumeId ?? ''], Tags: [{ Key: 'owner', Value: 'aki' }] }))
  expect(await readAll(volumes, moto.sources())).toMatchObject([{ id: VolumeId, sizeGiB: 10, type: 'gp2', owner: 'aki', instances: [] }])
})

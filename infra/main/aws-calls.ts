import {
  CloudWatchLogsClient,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import {
  DescribeAddressesCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  EC2Client,
  ModifyVolumeCommand,
  ReleaseAddressCommand,
} from '@aws-sdk/client-ec2'
import type { AwsClientType, AwsCommand } from '../../guardians/aws/aws.ts'
import type { AwsCall, AwsCalls } from '../../remediation/aws.ts'

type Made<Call extends AwsCall> = readonly [AwsClientType, (input: AwsCalls[Call]['input']) => AwsCommand<object, AwsCalls[Call]['output']>]

/** All that fixes can ask of AWS; what is not here cannot be sent. Loaded by those who fix: it brings the clients. */
export const awsCalls: { readonly [Call in AwsCall]: Made<Call> } = {
  'logs:DescribeLogGroups': [CloudWatchLogsClient, (input) => new DescribeLogGroupsCommand(input)],
  'logs:PutRetentionPolicy': [CloudWatchLogsClient, (input) => new PutRetentionPolicyCommand(input)],
  'logs:DeleteRetentionPolicy': [CloudWatchLogsClient, (input) => new DeleteRetentionPolicyCommand(input)],
  'ec2:DescribeVolumes': [EC2Client, (input) => new DescribeVolumesCommand(input)],
  'ec2:DescribeVolumesModifications': [EC2Client, (input) => new DescribeVolumesModificationsCommand(input)],
  'ec2:ModifyVolume': [EC2Client, (input) => new ModifyVolumeCommand(input as ConstructorParameters<typeof ModifyVolumeCommand>[0])],
  'ec2:DescribeAddresses': [EC2Client, (input) => new DescribeAddressesCommand(input)],
  'ec2:ReleaseAddress': [EC2Client, (input) => new ReleaseAddressCommand(input)],
  'dynamodb:DescribeContinuousBackups': [DynamoDBClient, (input) => new DescribeContinuousBackupsCommand(input)],
  'dynamodb:UpdateContinuousBackups': [DynamoDBClient, (input) => new UpdateContinuousBackupsCommand(input)],
  'dynamodb:DescribeTable': [DynamoDBClient, (input) => new DescribeTableCommand(input)],
  'dynamodb:UpdateTable': [DynamoDBClient, (input) => new UpdateTableCommand(input)],
}

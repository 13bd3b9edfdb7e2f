import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

/**
 * What we use of the AWS SDK, loaded with the first file. A module of its own: in a bundle the SDK is CommonJS, and imported
 * as it is when needed it would have no names.
 */
export const sdk = {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
};

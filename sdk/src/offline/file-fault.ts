import { errnoOf } from '../errno';
import { NotAFileError } from './hash-file';

/** Why a file has no hashes at all. */
export interface FileFault {
  readonly code: 'file.folder' | 'file.irregular' | 'file.unreadable' | 'file.crashed';
  readonly title: string;
}

const TITLES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  ELOOP: 'it is a symbolic link',
  EISDIR: 'it is a folder: use clepsydra scan',
};

/** The fault in words; what is no fault of the file is thrown on. */
export function unreadable(error: unknown): FileFault {
  if (error instanceof NotAFileError) {
    return error.isFolder
      ? { code: 'file.folder', title: 'it is a folder: use clepsydra scan' }
      : { code: 'file.irregular', title: error.message };
  }
  const errno = errnoOf(error);
  if (errno === null) throw error;
  return { code: 'file.unreadable', title: TITLES[errno] ?? `it cannot be read (${errno})` };
}

import { openAsBlob } from 'node:fs';
import path from 'node:path';

/** A file that is sent along: from the disk, where it is streamed from, or from memory. */
export interface Attachment {
  readonly source: string | Uint8Array;
  /** What the file is called; the last part of the path unless given. */
  readonly name?: string;
  /** Index of the item it belongs to. Left out: the only item, or the case alone. */
  readonly item?: number;
}

const nameOf = ({ source, name }: Attachment): string =>
  name ?? (typeof source === 'string' ? path.basename(source) : 'file');

/** Reads no content yet: a path becomes a blob that is read while it is sent. */
async function blobOf({ source }: Attachment): Promise<Blob> {
  return typeof source === 'string' ? openAsBlob(source) : new Blob([Uint8Array.from(source)]);
}

/** Makes the form anew for each attempt to send it. `json` is the part `part`, before the files. */
export async function formOf(json: unknown, files: readonly Attachment[], part = 'case'): Promise<() => FormData> {
  const parts = await Promise.all(
    files.map(async (file) => ({
      field: file.item === undefined ? 'file' : `file[${file.item}]`,
      name: nameOf(file),
      blob: await blobOf(file),
    })),
  );
  return () => {
    const form = new FormData();
    if (json !== undefined) form.append(part, JSON.stringify(json));
    for (const { field, blob, name } of parts) form.append(field, blob, name);
    return form;
  };
}

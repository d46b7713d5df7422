import type { ProblemCode } from '../errors';

export const FILE_HELP = {
  'file.too-large':
    'The file is larger than the service accepts. The other items of the case were kept. Refer the address without the file, or send a shorter excerpt.',
  'file.interrupted':
    'The connection ended before the whole file had arrived, and what had come was discarded. Send the file again.',
  'file.empty': 'The file has no bytes. Check what was exported or captured, and send the file again.',
  'file.svg':
    'SVG files can carry scripts and load things from elsewhere, so none is stored. Send a capture of what it shows, as PNG.',
  'file.mislabelled':
    'The first bytes of the file say that it is of another type than its name or Content-Type. Send it under its true type; the other items were kept.',
  'file.item-unknown':
    'A file says that it belongs to an item which this submission does not have. Name the part file, or file[0], file[1] and so on after the position of its item in the case document.',
  'storage.full':
    'The disk or the store has no room left, and nothing was kept of this upload. The operator has been told; try again later with the same file.',
  'storage.missing':
    'An object that the records name is not in the store. This is a fault of ours that may concern evidence; the operator must look into it at once. Give them the request id.',
  'storage.damaged':
    'An object read back from the store does not agree with its digests. Nothing of it is handed out. The operator must restore it from a copy; give them the request id.',
  'storage.range': 'The Range header asks for bytes beyond the end of the object. Ask for the size first.',
  'storage.key-destroyed':
    'Every reason to keep this content has ended and its key was destroyed, as the law asks. Its record and proof of destruction remain in the custody history.',
  'storage.key-unavailable':
    'The key store cannot be reached now, so protected content can neither be read nor stored. Try again; if it stays, tell the operator.',
  'image.too-large':
    'The image has more pixels or bytes than are decoded here, which also guards against files made to exhaust memory. It can be kept as evidence; a smaller copy can be compared.',
  'image.truncated': 'The image ends before its content does: the upload or the capture broke off. Send it again.',
  'image.unsupported':
    'This kind of file is not decoded as an image, so it gets no perceptual hash. Exact digests are still computed.',
  'image.undecodable': 'The file says that it is an image and cannot be decoded as one. Send a fresh capture.',
  'image.ambiguous':
    'Some viewers show the picture itself, others a frame of its animation, and the two are not alike. The frame was compared; the other picture was not. Look at both before it is published.',
  'image.timeout':
    'Decoding took longer than is allowed, as with files made to do so. Send the image in a plain format.',
  'video.unsupported':
    'The container or the codec of this video is not among those that are decoded here. The file itself can be kept as evidence, and is compared by its exact digests; a copy re-encoded as H.264 in MP4 can be compared by its frames.',
  'video.truncated':
    'The video ends before its own structure says it does, as after an upload or download that broke off. What could be decoded was compared; send the whole file for the rest.',
  'video.undecodable':
    'The first bytes are those of a video, but no frame of it could be decoded. It is compared by its exact digests alone.',
  'video.ambiguous':
    'Players choose one of several picture tracks, not all of them the same. The one that browsers show was compared; the others were not. Look at each before it is published, or send one track.',
  'video.timeout':
    'The video took longer to decode than is allowed, which also guards against files made to hang a decoder. The frames decoded until then were compared. A shorter excerpt can be compared whole.',
  'video.too-large':
    'The video has more bytes, or larger frames, than are decoded here. It can be kept as evidence and is compared by its exact digests; a smaller copy can be compared by its frames.',
  'pdf.encrypted':
    'The document opens only with a password, or with a method of encryption that is not known here, so neither its text nor its pages can be compared. Send a copy without the password, or captures of its pages.',
  'pdf.truncated':
    'The document ends before its own structure says it does. What could be read of it was compared; send the whole file for the rest.',
  'pdf.undecodable':
    'The first bytes are those of a PDF, but the document cannot be opened. It is compared by its exact digests alone.',
  'pdf.timeout':
    'The document took longer to read than is allowed, which also guards against files made to hang a reader. The pages read until then were compared.',
  'pdf.too-large':
    'The document has more bytes, or needs more memory to show, than is allowed. It can be kept as evidence and is compared by its exact digests; an excerpt of fewer pages can be compared.',
  'form.missing':
    'A form made here embeds its data as form.json; this PDF has no such attachment. It may have been printed to a new file, which drops attachments. Ask for the original, or send the data as JSON.',
  'form.damaged':
    'The attachment form.json is not in the one form in which it is embedded (RFC 8785), or not a form of a known version, or the PDF has it twice. Ask the sender for the original and do not act on this one.',
  'form.too-large':
    'A form of more than 8 MiB of data is neither drawn nor read. Send several orders or referrals, each with a part of the content.',
  'form.no-certificate':
    'A PDF is signed with the certificate of the authority itself, and none was put on this installation for it. The operator places it in the folder of certificates; docs/forms.md says how.',
  'form.certificate-unusable':
    'The file with the certificate, its key or its passphrase cannot be read, they do not belong together, or the certificate is not valid now. The operator replaces it as docs/forms.md says. Nothing was signed.',
  'timestamp.refused':
    'The timestamping authority answered, and not with a timestamp over what was sent, by a certificate that is for timestamps; the reason says what was wrong. The operator compares its address and asks it.',
  'token.misconfigured':
    'The file that names the token, its module or its PIN cannot be used; the reason says which. The operator mends it as docs/forms.md says. Nothing was signed.',
  'token.absent':
    'No token that fits the address is in any reader or slot of the module, or it was pulled out meanwhile. Put it back and try again: it is looked for anew each time. Nothing was signed.',
  'token.pin-refused':
    'The token refused the PIN, has locked it, or would lock it with one more mistake. The same PIN is not tried again, not even after a restart, so that the token is not locked: the operator writes the file with the PIN anew, or unlocks the token with its own tool. Nothing was signed.',
  'token.key-missing':
    'The token was opened, and has no private key with that name or id, or one of another kind than the certificate demands. The operator compares the address with what is on the token (pkcs11-tool --list-objects). Nothing was signed.',
  'token.failed':
    'The module of the token broke down, did not answer in time or returned an error, which the reason repeats. Try again; if it stays, the token or the software of its maker needs looking at. Nothing was signed.',
} as const satisfies Partial<Record<ProblemCode, string>>;

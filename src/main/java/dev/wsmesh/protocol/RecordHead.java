package dev.wsmesh.protocol;

/**
 * What a record begins with, as bytes and as what they say, where others begin alike: of consecutive records with the same head it is
 * kept, and sent, once. Whether two are the same is asked of the objects, because it only saves something: whoever reads or writes
 * records keeps those that come again and again.
 *
 * @param bytes the first fields of the record: its topic and, if it has one, its content type
 * @param contentType empty if the record has none
 */
public record RecordHead(Bytes bytes, Topic topic, String contentType) {
    int length() {
        return bytes.length();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.xml;

import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.Map;

import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Walks a small XML document: no document type, no entities but the five of XML itself, no element deeper or longer than
 * an answer of S3 can have. Not thread-safe.
 */
public final class StrictXml implements AutoCloseable {

    private static final int MAX_DEPTH = 16;

    /** A key of 1024 bytes, percent-encoded, is three times that. */
    private static final int MAX_TEXT_CHARACTERS = 8 * 1024;

    private final XMLStreamReader reader;
    private int depth;
    private String element = "";

    /** @throws XMLStreamException if it is no XML, or its root is not {@code root} */
    public StrictXml(String root, String text) throws XMLStreamException {
        this.reader = factory().createXMLStreamReader(new StringReader(text));
        if (!next() || !element.equals(root)) {
            throw new XMLStreamException("not a document of type " + root);
        }
    }

    private static XMLInputFactory factory() {
        // The JDK's own, whatever else is on the class path; made each time because sharing it is not promised to be safe.
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
        return factory;
    }

    /**
     * Goes to the next start or end of an element.
     *
     * @return whether it is a start; {@link #depth()} has changed accordingly
     */
    public boolean next() throws XMLStreamException {
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    if (++depth > MAX_DEPTH) {
                        throw new XMLStreamException("elements deeper than " + MAX_DEPTH);
                    }
                    element = reader.getLocalName();
                    return true;
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    depth--;
                    element = reader.getLocalName();
                    return false;
                }
                case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                    throw new XMLStreamException("a document type or an entity");
                default -> {
                    // Text between elements and comments mean nothing here.
                }
            }
        }
        depth = 0;
        return false;
    }

    /** Depth of the current element: the root's is 1, and after its end it is 0. */
    public int depth() {
        return depth;
    }

    /** Local name of the element that has just begun or ended. */
    public String element() {
        return element;
    }

    /** The text of the element that has just begun, which has no elements in it; it has ended afterwards. */
    public String text() throws XMLStreamException {
        StringBuilder text = new StringBuilder();
        while (true) {
            switch (reader.next()) {
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
                    text.append(reader.getText());
                    if (text.length() > MAX_TEXT_CHARACTERS) {
                        throw new XMLStreamException("a text longer than " + MAX_TEXT_CHARACTERS + " characters");
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    depth--;
                    return text.toString();
                }
                case XMLStreamConstants.COMMENT, XMLStreamConstants.PROCESSING_INSTRUCTION -> {
                    // Not part of the text.
                }
                default -> throw new XMLStreamException("<" + element + "> holds more than text");
            }
        }
    }

    /** Skips the element that has just begun. */
    public void skip() throws XMLStreamException {
        for (int outer = depth - 1; depth > outer;) {
            next();
        }
    }

    /** The plain fields below the root, leniently: empty where the text is anything else. */
    public static Map<String, String> fields(String root, String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        if (text.isBlank()) {
            return fields;
        }
        try (StrictXml xml = new StrictXml(root, text)) {
            while (xml.next()) {
                String name = xml.element();
                fields.put(name, xml.text());
            }
        } catch (XMLStreamException e) {
            // Proxies answer in HTML: whatever was read up to there is all there is.
            return fields;
        }
        return fields;
    }

    @Override
    public void close() throws XMLStreamException {
        reader.close();
    }
}

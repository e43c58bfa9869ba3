// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes out what the JDK would make at the first run of a switch over types, and of {@code equals} and {@code hashCode} of a
 * record: a class, and chains of method handles, that no AOT cache of Java 25 holds. Each costs a start milliseconds, and
 * all of them the memory of the code that makes them. For one class file; the meaning stays the same.
 */
final class PlainMethods implements ClassTransform {

    private static final String PREFIX = "plain$";
    private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");
    private static final int HASH_FACTOR = 31;

    private final ClassDesc self;
    private final boolean isInterface;
    private final List<Consumer<ClassBuilder>> written = new ArrayList<>();

    private PlainMethods(ClassModel model) {
        self = model.thisClass().asSymbol();
        isInterface = model.flags().has(java.lang.reflect.AccessFlag.INTERFACE);
    }

    /** What to do to a class. */
    static ClassTransform of(ClassModel model) {
        return new PlainMethods(model);
    }

    @Override
    public void accept(ClassBuilder builder, ClassElement element) {
        if (element instanceof MethodModel method) {
            builder.transformMethod(method, MethodTransform.transformingCode(this::replace));
        } else {
            builder.with(element);
        }
    }

    @Override
    public void atEnd(ClassBuilder builder) {
        written.forEach(method -> method.accept(builder));
    }

    private void replace(CodeBuilder code, CodeElement element) {
        if (!(element instanceof InvokeDynamicInstruction call) || !call(code, call)) {
            code.with(element);
        }
    }

    private boolean call(CodeBuilder code, InvokeDynamicInstruction call) {
        String maker = call.bootstrapMethod().owner().displayName();
        MethodTypeDesc type = call.typeSymbol();
        List<ConstantDesc> arguments = call.bootstrapArgs();
        Consumer<CodeBuilder> body;
        if (maker.equals("SwitchBootstraps") && call.name().equalsString("typeSwitch")
                && !type.parameterType(0).isPrimitive() && arguments.stream().allMatch(PlainMethods::isClass)) {
            body = plain -> typeSwitch(plain, arguments);
        } else if (maker.equals("ObjectMethods") && call.name().equalsString("hashCode")) {
            body = plain -> hash(plain, fields(arguments));
        } else if (maker.equals("ObjectMethods") && call.name().equalsString("equals")) {
            body = plain -> equal(plain, fields(arguments));
        } else {
            return false;
        }
        String name = PREFIX + written.size();
        written.add(builder -> builder.withMethodBody(name, type,
                ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC, body));
        code.invokestatic(self, name, type, isInterface);
        return true;
    }

    private static boolean isClass(ConstantDesc label) {
        return label instanceof ClassDesc type && !type.isPrimitive();
    }

    /** As {@code SwitchBootstraps.typeSwitch}: -1 for null, else the first label from the second argument on that fits. */
    private static void typeSwitch(CodeBuilder code, List<ConstantDesc> labels) {
        Label there = code.newLabel();
        code.aload(0).ifnonnull(there).iconst_m1().ireturn().labelBinding(there);
        for (int i = 0; i < labels.size(); i++) {
            Label next = code.newLabel();
            code.iload(1)
                    .loadConstant(i)
                    .if_icmpgt(next)
                    .aload(0)
                    .instanceOf((ClassDesc) labels.get(i))
                    .ifeq(next)
                    .loadConstant(i)
                    .ireturn()
                    .labelBinding(next);
        }
        code.loadConstant(labels.size()).ireturn();
    }

    /** The record's fields: after its class and their names come the handles that read them. */
    private static List<DirectMethodHandleDesc> fields(List<ConstantDesc> arguments) {
        return arguments.stream().skip(2).map(DirectMethodHandleDesc.class::cast).toList();
    }

    private static ClassDesc type(DirectMethodHandleDesc field) {
        return field.invocationType().returnType();
    }

    private static void load(CodeBuilder code, int record, DirectMethodHandleDesc field) {
        code.aload(record).getfield(field.owner(), field.methodName(), type(field));
    }

    private static void hash(CodeBuilder code, List<DirectMethodHandleDesc> fields) {
        code.iconst_0();
        for (DirectMethodHandleDesc field : fields) {
            code.loadConstant(HASH_FACTOR).imul();
            load(code, 0, field);
            ClassDesc type = type(field);
            if (type.isPrimitive()) {
                code.invokestatic(box(type), "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, type));
            } else {
                code.invokestatic(OBJECTS, "hashCode",
                        MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_Object));
            }
            code.iadd();
        }
        code.ireturn();
    }

    private void equal(CodeBuilder code, List<DirectMethodHandleDesc> fields) {
        Label other = code.newLabel();
        Label unequal = code.newLabel();
        code.aload(0).aload(1).if_acmpne(other).iconst_1().ireturn().labelBinding(other);
        code.aload(1).instanceOf(self).ifeq(unequal).aload(1).checkcast(self).astore(2);
        for (DirectMethodHandleDesc field : fields) {
            load(code, 0, field);
            load(code, 2, field);
            ClassDesc type = type(field);
            if (!type.isPrimitive()) {
                code.invokestatic(OBJECTS, "equals", MethodTypeDesc.of(ConstantDescs.CD_boolean,
                        ConstantDescs.CD_Object, ConstantDescs.CD_Object)).ifeq(unequal);
            } else if (TypeKind.from(type).asLoadable() == TypeKind.INT) {
                code.if_icmpne(unequal);
            } else {
                code.invokestatic(box(type), "compare", MethodTypeDesc.of(ConstantDescs.CD_int, type, type))
                        .ifne(unequal);
            }
        }
        code.iconst_1().ireturn().labelBinding(unequal).iconst_0().ireturn();
    }

    private static ClassDesc box(ClassDesc primitive) {
        return ClassDesc.of("java.lang", switch (primitive.displayName()) {
            case "int" -> "Integer";
            case "char" -> "Character";
            case String other -> Character.toUpperCase(other.charAt(0)) + other.substring(1);
        });
    }
}
